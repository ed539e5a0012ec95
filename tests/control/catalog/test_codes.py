"""Which classes of codes are in use, and which number is free in each."""

from acting import NOW, UNITS

from hutong.control.catalog import codes
from hutong.control.catalog.models import Entry


def entry(code: str, name: str, *, unit: str, state: str = "UNPUBLISHED") -> None:
    Entry.objects.create(code=code, name=name, provider_id=unit, state=state, entered_at=NOW)


def test_the_next_number_follows_the_last_whoever_has_it_and_own_classes_come_first(county):
    Entry.objects.exclude(code=county.code).delete()
    mine, other = county.actor("editor").unit, next(unit for unit in UNITS if unit != county.actor("editor").unit)
    entry("308001/009", "甲", unit=mine)
    entry("308001/10", "乙", unit=other)
    entry("101001/000099", "丙", unit=other)
    found = codes.in_use(unit=mine, most=9)
    assert [(each.prefix, each.entries, each.example, each.free) for each in found] == [
        ("307001", 1, Entry.objects.get(code=county.code).name, "307001/000002"),
        ("308001", 1, "甲", "308001/011"), ("101001", 0, "", "101001/000100"),
    ]  # fmt: skip
    assert len(codes.in_use(unit=mine, most=1)) == 1
