"""Identifiers the standards define: checked, explained where wrong, and made with their check characters.

`check_x` raises what is wrong, `is_x` answers yes or no, `valid_xs` judges a whole column at about a
microsecond a value. Nothing is corrected on the way: spaces, small letters and full-width digits are wrong
here, and are the business of `core.normalise`.
"""

import re
from calendar import isleap
from collections.abc import Iterable
from datetime import date, timedelta

from stdnum.iso7064 import mod_37_2

from hutong.core.errors import Invalid, Problem

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PROVINCES = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82"}
"""The first two digits of GB/T 2260."""

_CREDIT = re.compile(rf"[1-9ANY][0-9{CREDIT_ALPHABET[10:]}][0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}")
_RESIDENT = re.compile(r"[1-9][0-9]{16}[0-9X]")
_RESIDENT_PROVINCES = frozenset({*PROVINCES, "83", *(f"9{province}" for province in PROVINCES)})
"""How resident numbers begin: with a province, 83 for residents from Taiwan, or 9 and a province for foreigners."""
_PLACED = re.compile(rf"(?=(?:{'|'.join(sorted(_RESIDENT_PROVINCES))}))[1-9][0-9]{{16}}[0-9X]")
_REGION = re.compile(r"[0-9]{6}")
_CATALOGUE = re.compile(r"([0-9])[0-9]{2}[0-9]{3}[0-9]{0,24}/[0-9]{1,20}")
_TRANSACTION = re.compile(r"([0-9A-Z]{3})-([0-9A-Z]{18})-([0-9]{8})-([0-9]{6})-([0-9A-Z*])")
_INVESTMENT = re.compile(r"([0-9]{2})([0-9]{2})-([0-9]{6})-([0-9]{2})-([0-9]{2})-([0-9]{6})")

_YEARS = frozenset(str(year) for year in range(1800, 2200))
_DAYS = frozenset(f"{date(1801, 1, 1) + timedelta(days=i):%m%d}" for i in range(365))
"""The days every year has; two small sets stay in the processor's caches, one of 146,097 dates would not."""

# GB 32100 weights character i by 3^(i-1) mod 31. Read backwards as a number in base 34, which is 3 mod 31,
# the characters give exactly that sum, so that one `int` does the work of seventeen multiplications.
_BASE_34 = str.maketrans(CREDIT_ALPHABET, "0123456789ABCDEFGHIJKLMNOPQRSTU")
_CREDIT_VALUE = {character: value for value, character in enumerate(CREDIT_ALPHABET)}


class CreditCodeMisshaped(Invalid):
    """{value} is not a unified social credit code: 18 digits and capitals without I, O, S, V and Z."""


class CreditCodeCheckFailed(Invalid):
    """The unified social credit code {value} should end in {expected}."""


class ResidentNumberMisshaped(Invalid):
    """This has {length} characters; a resident number is 17 digits, then a digit or a capital X."""


class ResidentNumberDateWrong(Invalid):
    """Digits 7 to 14 of the resident number are no date of birth, or one after today."""


class ResidentNumberPlaceWrong(Invalid):
    """The first digits of the resident number are those of no province."""


class ResidentNumberCheckFailed(Invalid):
    """The last character of the resident number should be {expected}, not {found}."""


class RegionCodeMisshaped(Invalid):
    """{value} is not a region code: six digits."""


class RegionCodeUnknown(Invalid):
    """The region code {value} begins with {province}, and no province has that code."""


class ResourceCodeMisshaped(Invalid):
    """{value} is not a resource code: class, item, category of 1, 2, 3 digits, more, / and a sequence."""


class ResourceClassUnknown(Invalid):
    """The resource code {value} begins with class {found}; classes are 1 base, 2 theme and 3 department."""


class TransactionCodeMisshaped(Invalid):
    """{value} is not a unified transaction identifier: CCC-credit code-YYYYMMDD-NNNNNN-K."""


class TransactionCodeDateWrong(Invalid):
    """The unified transaction identifier {value} has the date {date}, which is none."""


class TransactionCodeCheckFailed(Invalid):
    """The unified transaction identifier {value} should end in {expected}."""


class InvestmentCodeMisshaped(Invalid):
    """{value} is not an investment project code: YYMM-region-department-type-six digits."""


def credit_check(body: str) -> str:
    """Return the check character of the 17 characters `body` (GB 32100)."""
    return CREDIT_ALPHABET[-int(body.translate(_BASE_34)[::-1], 34) % 31]


def organisation_check(body: str) -> str:
    """Return the check character of an organisation code's 8 characters (GB 11714), within a credit code."""
    total = sum(int(c, 36) * weight for c, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X"[-total % 11]


def check_credit_code(text: str) -> None:
    """Raise CreditCodeMisshaped or CreditCodeCheckFailed unless `text` is a credit code (GB 32100)."""
    if not _CREDIT.fullmatch(text):
        raise CreditCodeMisshaped(value=text)
    if text[17] != (expected := credit_check(text[:17])):
        raise CreditCodeCheckFailed(value=text, expected=expected)


def valid_credit_codes(values: Iterable[str]) -> list[bool]:
    """Return for each value what `is_credit_code` says."""
    shape, table, value = _CREDIT.fullmatch, _BASE_34, _CREDIT_VALUE
    return [
        shape(text) is not None and (int(text[16::-1].translate(table), 34) + value[text[17]]) % 31 == 0
        for text in values
    ]


def resident_check(body: str) -> str:
    """Return the check character of the 17 digits `body` (GB 11643, ISO 7064 MOD 11-2)."""
    # Base 13 is 2 mod 11, so `int` gives the weighted sum at once.
    return "0123456789X"[(1 - 2 * int(body, 13)) % 11]


def check_resident_number(text: str, *, today: date | None = None) -> None:
    """Raise what is wrong unless `text` is a resident number (GB 11643) of somebody born by `today`, if told.

    Province, date and check character decide; the county may be one that exists no longer, so it is not looked at. The
    problems never repeat the number.
    """
    if not _RESIDENT.fullmatch(text):
        raise ResidentNumberMisshaped(length=len(text))
    if not _PLACED.match(text):
        raise ResidentNumberPlaceWrong()
    if not _is_day(text[6:14]) or text[6:14] > _latest(today):
        raise ResidentNumberDateWrong()
    if text[17] != (expected := resident_check(text[:17])):
        raise ResidentNumberCheckFailed(expected=expected, found=text[17])


def valid_resident_numbers(values: Iterable[str], *, today: date | None = None) -> list[bool]:
    """Return for each value whether `check_resident_number` finds nothing wrong with it."""
    shape, days, years, checks, latest = _PLACED.fullmatch, _DAYS, _YEARS, "10X98765432", _latest(today)
    return [
        shape(text) is not None
        and ((text[10:14] in days and text[6:10] in years) or _is_day(text[6:14]))
        and text[6:14] <= latest
        and text[17] == checks[2 * int(text[:17], 13) % 11]
        for text in values
    ]


def check_region_code(text: str) -> None:
    """Raise RegionCodeMisshaped or RegionCodeUnknown unless `text` has the shape and a province of GB/T 2260.

    Counties come and go, so whether the county exists on a day is not judged here.
    """
    if not _REGION.fullmatch(text):
        raise RegionCodeMisshaped(value=text)
    if text[:2] not in PROVINCES:
        raise RegionCodeUnknown(value=text, province=text[:2])


def valid_region_codes(values: Iterable[str]) -> list[bool]:
    """Return for each value what `is_region_code` says."""
    shape, provinces = _REGION.fullmatch, PROVINCES
    return [shape(text) is not None and text[:2] in provinces for text in values]


def check_catalogue_code(text: str) -> None:
    """Raise what is wrong unless `text` is a resource code of the catalogue guide (requirements B.1.2)."""
    if not (found := _CATALOGUE.fullmatch(text)):
        raise ResourceCodeMisshaped(value=text)
    if found[1] not in "123":
        raise ResourceClassUnknown(value=text, found=found[1])


def transaction_check(body: str) -> str:
    """Return the check character of `body`, printed or without hyphens (ISO 7064 MOD 37-2)."""
    return str(mod_37_2.calc_check_digit(body.replace("-", "")))


def check_transaction_code(text: str) -> None:
    """Raise what is wrong unless `text` is a unified transaction identifier (requirements B.2.2).

    It is the printed form of 40 characters; the credit code within is checked too.
    """
    if not (parts := _TRANSACTION.fullmatch(text)):
        raise TransactionCodeMisshaped(value=text)
    check_credit_code(parts[2])
    if not _is_day(parts[3]):
        raise TransactionCodeDateWrong(value=text, date=parts[3])
    if parts[5] != (expected := transaction_check(text[:-2])):
        raise TransactionCodeCheckFailed(value=text, expected=expected)


def check_investment_code(text: str) -> None:
    """Raise what is wrong unless `text` is an investment project code: shape, month and region (GB/T 40058).

    Its check digit is not judged: the rule is not public.
    """
    parts = _INVESTMENT.fullmatch(text)
    if not parts or not 1 <= int(parts[2]) <= 12:
        raise InvestmentCodeMisshaped(value=text)
    check_region_code(parts[3])


def is_credit_code(text: str) -> bool:
    """Return whether `check_credit_code` has nothing to say."""
    return _passes(check_credit_code, text)


def is_resident_number(text: str) -> bool:
    """Return whether `check_resident_number` has nothing to say."""
    return _passes(check_resident_number, text)


def is_region_code(text: str) -> bool:
    """Return whether `check_region_code` has nothing to say."""
    return _passes(check_region_code, text)


def is_catalogue_code(text: str) -> bool:
    """Return whether `check_catalogue_code` has nothing to say."""
    return _passes(check_catalogue_code, text)


def is_transaction_code(text: str) -> bool:
    """Return whether `check_transaction_code` has nothing to say."""
    return _passes(check_transaction_code, text)


def is_investment_code(text: str) -> bool:
    """Return whether `check_investment_code` has nothing to say."""
    return _passes(check_investment_code, text)


def _passes(check, text: str) -> bool:  # type: ignore[no-untyped-def]
    try:
        check(text)
    except Problem:
        return False
    return True


def _latest(today: date | None) -> str:
    return "99999999" if today is None else f"{today:%Y%m%d}"


def _is_day(text: str) -> bool:
    """Return whether eight digits are a day from 1800 to 2199."""
    year, day = text[:4], text[4:]
    return year in _YEARS and (day in _DAYS or (day == "0229" and isleap(int(year))))
