"""The rows of the county's resources: all about the same persons, enterprises and addresses, made by the column."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from hutong.demo import county as counties
from hutong.demo import names
from hutong.demo.description import Resource

_VILLAGES = ("一", "二", "三", "四", "五", "六")
_SCHOOLS = ("中心小学", "中心幼儿园", "初级中学", "实验学校")
ADULT_SINCE = date(2003, 1, 1)


class Rows:
    """Everybody and everything that resources are about, by what it is."""

    def __init__(self, *, people: pa.Table, firms: pa.Table) -> None:
        self.of = {
            "person": _employed(people, firms),
            "couple": couples(people),
            "firm": firms,
            "street": _streets(),
            "village": _villages(),
            "school": _schools(),
        }

    def table(self, resource: Resource) -> pa.Table:
        """Return the records of a resource, a column an item; the same ones whenever it is asked."""
        whole = self.of[resource.of]
        first = int(resource.code[-3:]) % resource.share
        taken = whole.take(pa.array(range(first, whole.num_rows, resource.share), pa.int64()))
        draw = counties.Draw(resource.code)
        return pa.table({each.item.code: _values(each.source, taken, draw) for each in resource.columns})


def couples(people: pa.Table) -> pa.Table:
    """Return the married couples of the register of residents: two adults of one household each."""
    adult = people.filter(pc.less(people["birth_date"], pa.scalar(ADULT_SINCE)))
    first, second = adult.slice(0, max(0, adult.num_rows - 1)), adult.slice(1)
    pairs = pc.and_(
        pc.equal(first["household"], second["household"]),
        pc.and_(pc.equal(first["sex"], "男"), pc.equal(second["sex"], "女")),
    )
    husbands, wives = first.filter(pairs), second.filter(pairs)
    named = {"spouse_number": wives["resident_number"], "spouse_name": wives["name"]}
    for name, column in named.items():
        husbands = husbands.append_column(name, column)
    return husbands


def _values(source: str, rows: pa.Table, draw: counties.Draw) -> pa.Array:
    made, _, argument = source.partition(":")
    count = rows.num_rows
    if made == "serial":
        numbers = pc.add(pa.array(range(count), pa.int64()), 10_001).cast(pa.string())
        return pc.binary_join_element_wise(argument, pc.utf8_lpad(numbers, width=6, padding="0"), "")
    if made == "one":
        words = pa.array(argument.split("|"))
        return words.take(draw.below(len(words), count))
    if made == "number":
        least, most = map(int, argument.split(":"))
        return pc.add(draw.below(most - least, count), least)
    if made == "date":
        first, last = (date(int(year), 1, 1) for year in argument.split(":"))
        days = (last - first).days + 300
        start = pa.scalar(first).cast(pa.int32())
        return pc.add(start, draw.below(days, count).cast(pa.int32())).cast(pa.date32())
    return rows[source]


def _employed(people: pa.Table, firms: pa.Table) -> pa.Table:
    draw = counties.Draw("employers")
    schools = _schools()["name"]
    employer = firms["name"].take(draw.below(firms.num_rows, people.num_rows))
    school = schools.take(draw.below(len(schools), people.num_rows))
    return people.append_column("employer", employer).append_column("school", school)


def _streets() -> pa.Table:
    codes = [f"{counties.REGION}{number:03}" for number in range(1, len(names.STREETS) + 1)]
    offices = [f"{counties.COUNTY}{name}{road}1号" for name, road in zip(names.STREETS, names.ROADS, strict=False)]
    return pa.table({"street_code": codes, "name": list(names.STREETS), "address": offices})


def _villages() -> pa.Table:
    found = [(street, f"{street[:2]}第{word}社区") for street in names.STREETS for word in _VILLAGES]
    return pa.table(
        {
            "village_code": [f"{counties.REGION}{number:06}" for number in range(1, len(found) + 1)],
            "name": [name for _, name in found],
            "street": [street for street, _ in found],
            "address": [f"{counties.COUNTY}{street}{name}2号" for street, name in found],
        }
    )


def _schools() -> pa.Table:
    found = [(street, f"{street[:2]}{word}") for street in names.STREETS for word in _SCHOOLS]
    return pa.table(
        {
            "school_code": [f"2133{number:06}" for number in range(1, len(found) + 1)],
            "name": [name for _, name in found],
            "street": [street for street, _ in found],
            "address": [f"{counties.COUNTY}{street}学府路{number}号" for number, (street, _) in enumerate(found, 1)],
        }
    )
