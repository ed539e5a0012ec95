"""The name of an item is no formula and holds nothing unseen, whichever way the entry comes."""

import pytest
from acting import NOW
from cataloguing import CIVIL_CODE, civil_officers

from hutong.control.catalog import operations, rules
from hutong.control.catalog.models import Change
from hutong.core.errors import Problem
from hutong.plane.definition import Item, Mode

UNFIT = ["=1+1", "+86", "-1", "@列", "\t甲", " =甲", "\uff1d甲", "甲\n乙", "甲\x00", "甲\u202e乙", "甲\u200b乙"]


@pytest.mark.parametrize("name", UNFIT)
def test_a_new_entry_with_such_a_name_is_refused_beside_its_field(county, name):
    civil_officers(county)
    items = [Item("number", "登记字号", required=True, offered=Mode.QUERY), Item("sex", name)]
    with pytest.raises(Problem) as told:
        operations.draft(
            code=CIVIL_CODE, name="婚姻登记", abstract="a", items=items, key=["number"],
            actor=county.actor("civil-editor"), now=NOW,
        )  # fmt: skip
    assert (told.value.code, told.value.at) == ("ITEM_NAME_UNFIT", ("item-2-name",))
    assert not Change.objects.filter(entry__code=CIVIL_CODE)


@pytest.mark.parametrize("name", UNFIT)
def test_a_change_that_says_such_a_name_is_refused(county, name):
    no = county.begin_change()
    before = Change.objects.get(no=no).items
    with pytest.raises(Problem) as told:
        operations.edit(no, changes={"items": [{**before[0], "name": name}]}, actor=county.actor("editor"), now=NOW)
    assert "ITEM_NAME_UNFIT" in str([each.code for each in getattr(told.value, "problems", [told.value])])
    assert Change.objects.get(no=no).items == before


@pytest.mark.parametrize("name", ["姓名", "金额（元）", "A-B", "2025年度", "是否=是", "甲 乙", "𠮷"])
def test_other_names_are_taken(name):
    assert rules.fits_as_name(name)
