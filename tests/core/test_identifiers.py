"""Identifiers of the standards (requirements B.1.2, B.2.2, B.10)."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutong.core import identifiers as ids

CREDIT = "91350100M000100Y43"
RESIDENT = "11010519491231002X"
TRANSACTION = "A01-91350100M000100Y43-20260105-000001-E"

credit_bodies = st.from_regex(r"9[1-3][0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}", fullmatch=True)
resident_bodies = st.builds(
    lambda province, county, day, serial: f"{province}{county}"[:6] + f"{day:%Y%m%d}{serial:03}",
    st.sampled_from(sorted({*ids.PROVINCES, "83", *(f"9{province}" for province in ids.PROVINCES)})),
    st.integers(1000, 9999),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 1, 1)),
    st.integers(0, 999),
)


@pytest.mark.parametrize("code", [CREDIT, "91110000600037341L"])
def test_takes_real_credit_codes(code):
    ids.check_credit_code(code)
    assert ids.valid_credit_codes([code]) == [True]


def test_names_the_check_character_a_credit_code_should_have():
    with pytest.raises(ids.CreditCodeCheckFailed) as wrong:
        ids.check_credit_code("91350100M000100Y44")
    assert wrong.value.facts == {"value": "91350100M000100Y44", "expected": "3"}


@pytest.mark.parametrize(
    "code",
    ["", CREDIT[:-1], CREDIT + "0", CREDIT.lower(), " " + CREDIT, CREDIT + "\n", "9135010OM000100Y43",
     "91350100I000100Y43", "９1350100M000100Y43", "91350100M000100Y4٣"],
)  # fmt: skip
def test_refuses_what_has_not_the_shape_of_a_credit_code(code):
    with pytest.raises(ids.CreditCodeMisshaped):
        ids.check_credit_code(code)


def test_takes_credit_codes_of_registrars_that_are_letters():
    body = "N2330523MF1234567"
    ids.check_credit_code(body + ids.credit_check(body))


@given(body=credit_bodies)
def test_the_check_character_of_credit_codes_is_that_of_the_standard(body):
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(ids.CREDIT_ALPHABET.index(c) * weight for c, weight in zip(body, weights, strict=True))
    right = ids.CREDIT_ALPHABET[(31 - total) % 31]
    assert ids.credit_check(body) == right
    every = [body + last for last in ids.CREDIT_ALPHABET]
    assert ids.valid_credit_codes(every) == [code[-1] == right for code in every]


def test_the_organisation_code_within_a_credit_code_has_its_own_check():
    assert ids.organisation_check("M000100Y") == "4"
    assert ids.organisation_check("60003734") == "1"


@pytest.mark.parametrize("number", [RESIDENT, "440524188001010014", "360426199101010071"])
def test_takes_resident_numbers_whatever_became_of_their_region(number):
    ids.check_resident_number(number)
    assert ids.valid_resident_numbers([number]) == [True]


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("110105194912310021", ids.ResidentNumberCheckFailed),
        ("11010519490229002X", ids.ResidentNumberDateWrong),
        ("11010519491331002X", ids.ResidentNumberDateWrong),
        (RESIDENT.lower(), ids.ResidentNumberMisshaped),
        ("110105491231002", ids.ResidentNumberMisshaped),
        *((f"{body}{ids.resident_check(body)}", ids.ResidentNumberPlaceWrong)
          for body in ("99010519491231002", "16010519491231002", "84010519491231002", "97210519491231002")),
        ("1101051949123100２X", ids.ResidentNumberMisshaped),
        ("11010519491231_02X", ids.ResidentNumberMisshaped),
        (RESIDENT + "\n", ids.ResidentNumberMisshaped),
        ("", ids.ResidentNumberMisshaped),
    ],
)
def test_says_what_is_wrong_with_a_resident_number_without_repeating_it(number, problem):
    with pytest.raises(problem) as wrong:
        ids.check_resident_number(number)
    assert all(number[6:14] not in str(fact) for fact in wrong.value.facts.values()) or not number
    assert ids.valid_resident_numbers([number]) == [False]


@pytest.mark.parametrize("body", ["83000019491231002", "91112419830101003", "98100019830101003", "65900119491231002"])
def test_takes_resident_numbers_of_those_from_taiwan_and_from_abroad(body):
    assert ids.valid_resident_numbers([body + ids.resident_check(body)]) == [True]


def test_nobody_was_born_after_today():
    body = "11010520260303002"
    number = body + ids.resident_check(body)
    for today, born in ((date(2026, 3, 2), False), (date(2026, 3, 3), True), (date(2199, 12, 31), True), (None, True)):
        assert ids.valid_resident_numbers([number], today=today) == [born]
        with contextlib.nullcontext() if born else pytest.raises(ids.ResidentNumberDateWrong):
            ids.check_resident_number(number, today=today)


@given(body=resident_bodies)
def test_the_check_character_of_resident_numbers_is_that_of_the_standard(body):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    right = "10X98765432"[sum(int(c) * weight for c, weight in zip(body, weights, strict=True)) % 11]
    assert ids.resident_check(body) == right
    every = [body + last for last in "0123456789X"]
    assert ids.valid_resident_numbers(every) == [number[-1] == right for number in every]


@given(
    values=st.lists(
        st.text(max_size=20) | st.from_regex(r"[0-9A-Zx]{18}|[0-9]{17}X|[0-9]{6}", fullmatch=True)
    )
)
def test_a_column_is_judged_as_its_values_would_be_one_by_one(values):
    assert ids.valid_credit_codes(values) == [ids.is_credit_code(value) for value in values]
    assert ids.valid_resident_numbers(values) == [ids.is_resident_number(value) for value in values]
    assert ids.valid_region_codes(values) == [ids.is_region_code(value) for value in values]


def test_region_codes_have_six_digits_and_a_province():
    assert ids.valid_region_codes(["110101", "659001", "810000", "33052", "3305230", "990026"]) == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    with pytest.raises(ids.RegionCodeUnknown) as wrong:
        ids.check_region_code("990026")
    assert wrong.value.facts == {"value": "990026", "province": "99"}
    with pytest.raises(ids.RegionCodeMisshaped):
        ids.check_region_code("1101")


@pytest.mark.parametrize("code", ["307001/1", "307001/000012", "30700101002/35", "101001/1"])
def test_takes_resource_codes_with_and_without_sub_categories(code):
    ids.check_catalogue_code(code)


def test_refuses_resource_codes_of_no_class_or_no_shape():
    with pytest.raises(ids.ResourceClassUnknown):
        ids.check_catalogue_code("407001/1")
    assert [
        ids.is_catalogue_code(code) for code in ["30700/1", "307001", "307001/", "307001/A", "", "307001 /1"]
    ] == [False] * 6


def test_the_unified_transaction_identifier_checks_by_mod_37_2():
    ids.check_transaction_code(TRANSACTION)
    assert ids.transaction_check(TRANSACTION[:-2]) == "E"
    with pytest.raises(ids.TransactionCodeCheckFailed) as wrong:
        ids.check_transaction_code(TRANSACTION[:-1] + "F")
    assert wrong.value.facts["expected"] == "E"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (TRANSACTION.replace("-", ""), ids.TransactionCodeMisshaped),
        (TRANSACTION.replace("Y43", "Y44"), ids.CreditCodeCheckFailed),
        (TRANSACTION.replace("20260105", "20260230"), ids.TransactionCodeDateWrong),
    ],
)
def test_says_which_part_of_a_transaction_identifier_is_wrong(code, problem):
    with pytest.raises(problem):
        ids.check_transaction_code(code)


def test_investment_codes_are_judged_by_shape_month_and_region():
    ids.check_investment_code("2106-360727-48-03-000123")
    assert not ids.is_investment_code("2113-360727-48-03-000123")
    assert not ids.is_investment_code("2106-990727-48-03-000123")
    assert not ids.is_investment_code("2106360727480300012")
