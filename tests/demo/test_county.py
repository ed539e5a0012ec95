"""The demonstration county."""

import csv

import pyarrow.compute as pc
import pytest

from hutong.core import identifiers
from hutong.demo import county


def test_the_same_seed_makes_the_same_county_and_another_makes_another():
    assert county.county(residents=500, enterprises=50, seed=7) == county.county(
        residents=500, enterprises=50, seed=7
    )
    assert county.make_residents(500, seed=7) != county.make_residents(500, seed=8)
    assert county.make_enterprises(500, seed=7) != county.make_enterprises(500, seed=8)


def test_every_resident_number_checks_and_none_repeats():
    people = county.make_residents(100_000)
    numbers = people["resident_number"].to_pylist()
    assert all(identifiers.valid_resident_numbers(numbers))
    assert len(set(numbers)) == 100_000
    assert [number[6:14] for number in numbers] == pc.strftime(people["birth_date"], "%Y%m%d").to_pylist()
    assert [int(number[16]) % 2 == 1 for number in numbers] == pc.equal(people["sex"], "男").to_pylist()
    assert {number[:6] for number in numbers} == {county.REGION, *county.ELSEWHERE}


def test_the_smallest_and_the_fullest_county_still_have_no_number_twice():
    assert county.make_residents(0).num_rows == 0
    assert county.make_residents(1).num_rows == 1
    with pytest.raises(ValueError, match="are different"):
        county.make_enterprises(31 * 31 * 10_000 + 1)


def test_names_have_middle_dots_and_characters_outside_gbk():
    people = county.make_residents(20_000)
    dotted = [row for row in people.to_pylist() if "·" in row["name"]]
    assert 0.02 < len(dotted) / 20_000 < 0.05
    assert {row["ethnicity"] for row in dotted} == {"维吾尔族"}
    rare = [name for name in people["name"].to_pylist() if set(name) & set(county.names.RARE)]
    assert rare
    with pytest.raises(UnicodeEncodeError):
        "".join(rare).encode("gbk")


def test_a_household_lives_at_one_address():
    homes: dict[str, set[str]] = {}
    for row in county.make_residents(5_000).to_pylist():
        homes.setdefault(row["household"], set()).add(row["address"])
    assert {len(addresses) for addresses in homes.values()} == {1}


def test_every_credit_code_checks_inside_and_out_and_none_repeats():
    codes = county.make_enterprises(50_000)["credit_code"].to_pylist()
    codes += [made_unit.credit_code for made_unit in county.made_units()]
    assert all(identifiers.valid_credit_codes(codes))
    assert len(set(codes)) == 50_012
    assert [identifiers.organisation_check(code[8:16]) for code in codes] == [code[16] for code in codes]


def test_region_codes_are_codes():
    assert all(identifiers.valid_region_codes([county.REGION, *county.ELSEWHERE]))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_writes_csv_that_reads_back_as_it_was(tmp_path, encoding):
    people = county.make_residents(3_000)
    path = county.write_csv(people, tmp_path / "residents.csv", encoding=encoding)
    with path.open(encoding=encoding, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == people["name"].to_pylist()
    assert [row["resident_number"] for row in rows] == people["resident_number"].to_pylist()


def test_writes_all_three_files(tmp_path):
    written = county.county(residents=10, enterprises=5).write(tmp_path / "county")
    assert [path.name for path in written] == ["units.csv", "residents.csv", "enterprises.csv"]
    assert [len(path.read_text(encoding="utf-8").splitlines()) for path in written] == [13, 11, 6]
