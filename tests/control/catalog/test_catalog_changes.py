"""A published entry that is being changed: everyone sees what is published until the change is published."""

import psycopg
import pytest
from acting import NOW, County, entries

from hutong.control.catalog import operations, queries, rules
from hutong.control.catalog.models import Change, Entry
from hutong.control.catalog.queries import Search
from hutong.control.procedures import passes
from hutong.control.procedures.models import Turn
from hutong.control.procedures.rules import ConditionNotMet
from hutong.control.sharing import queries as sharing
from hutong.control.sharing.models import Application
from hutong.control.sharing.rules import ResourceNotShared
from hutong.core.errors import Faults

MARRIAGES = "307002/000001"


def change(county: County, changes: dict, *, to: str = "DRAFT") -> str:
    """Begin a change of the county's resource, write it down, bring it up to a state and return its number."""
    no = county.begin_change()
    edit(county, no, **changes)
    county.bring_change(no, to=to)
    return no


def edit(county: County, no: str, **changes: object) -> None:
    operations.edit(no, changes=changes, actor=county.actor("editor"), now=NOW)


def another(county: County, *, name: str = "婚姻登记信息", code: str = MARRIAGES) -> str:
    items = [{"code": "number", "name": "登记字号"}]
    return operations.draft(
        code=code, name=name, abstract="婚姻登记。", items=items, key=["number"],
        actor=county.actor("editor"), now=NOW,
    )  # fmt: skip


def with_name_for_query(county: County) -> dict:
    """Return changes: another name and abstract, and the item `name` offered for query."""
    items = queries.published(county.code).items
    items = [{**raw, "offered": "query"} if raw["code"] == "name" else raw for raw in items]
    return {"name": "户籍人口信息", "abstract": "改过的摘要。", "items": items}


@pytest.mark.parametrize("state", ["DRAFT", "SUBMITTED", "REGISTERED"])
def test_the_portal_shows_what_is_published_while_a_change_is_under_way(county, state):
    before = queries.published(county.code)
    change(county, with_name_for_query(county), to=state)
    now = queries.published(county.code)
    assert (now.pk, now.name, now.abstract, now.items) == (before.pk, before.name, before.abstract, before.items)
    assert [version.name for version in queries.search(Search("人口"))] == ["人口基本信息"]
    assert queries.found(Search("户籍人口信息")) == 0
    published = county.code, None
    assert queries.names([published])[published][0] == queries.entry(county.code).name == "人口基本信息"


def test_an_application_is_held_to_what_is_published_until_the_change_is(county):
    no = change(county, {"sharing_type": 3, "sharing_basis": "《某条例》第三条"}, to="REGISTERED")
    applied = county.draft()
    assert Application.objects.get(no=applied).entry.current.sharing_type == 2
    county.take_change(no, "publish", by="authority")
    with pytest.raises(ResourceNotShared):
        county.draft()


def test_publishing_makes_the_next_version_and_ends_the_change(county):
    changes = with_name_for_query(county)
    no = change(county, changes, to="PUBLISHED")
    now = queries.published(county.code)
    assert (now.name, now.abstract, now.items) == (changes["name"], changes["abstract"], changes["items"])
    assert (now.number, now.change.no, now.entry.name, queries.under_way(county.code)) == (2, no, "户籍人口信息", None)
    assert [version.name for version in queries.search(Search("户籍人口"))] == ["户籍人口信息"]
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        row = opened.execute("select name, version from plane.resource where code = %s", [county.code]).fetchone()
    assert row is not None
    assert row[0] == "户籍人口信息"


def test_a_returned_change_goes_on_from_where_it_was(county):
    no = change(county, {"abstract": "改过的摘要。"}, to="SUBMITTED")
    county.take_change(no, "return", by="approver", reason="请补充更新周期")
    assert queries.published(county.code).abstract != "改过的摘要。"
    edit(county, no, update_cycle=2)
    county.bring_change(no, to="PUBLISHED")
    now = queries.published(county.code)
    assert (now.abstract, now.update_cycle) == ("改过的摘要。", 2)


def test_what_was_submitted_is_taken_back_and_its_days_go_on_where_they_stood(county):
    no = change(county, {}, to="SUBMITTED")
    with pytest.raises(rules.ChangeNotEditable):
        edit(county, no, abstract="改过的摘要。")
    assert county.take_change(no, "take_back", by="editor") == "DRAFT"
    edit(county, no, abstract="改过的摘要。")
    county.bring_change(no, to="PUBLISHED")
    assert queries.published(county.code).abstract == "改过的摘要。"


def test_of_an_entry_one_change_is_under_way_at_a_time(county):
    no = change(county, {}, to="REGISTERED")
    with pytest.raises(rules.ChangeUnderWay) as refused:
        county.begin_change()
    assert refused.value.facts == {"code": county.code, "change": no}
    county.take_change(no, "publish", by="authority")
    assert queries.change(county.begin_change()).base.number == 2


def test_nobody_learns_of_another_units_draft_by_beginning_a_change_of_it(county):
    another(county)
    given = {"now": NOW, "calendar": county.calendar}
    for code in (MARRIAGES, "307002/000009"):
        with pytest.raises(queries.NoSuchEntry):
            operations.begin(code, actor=county.actor("consumer"), **given)
    with pytest.raises(rules.EntryNotPublished):
        operations.begin(MARRIAGES, actor=county.actor("editor"), **given)


@pytest.mark.parametrize(
    ("ordered", "key"), [(True, ["place", "born", "number"]), (False, ["number", "born", "place"])]
)
def test_a_key_without_an_order_keeps_the_one_it_had(county, ordered, key):
    no = another(county)
    items = [{"code": code, "name": code} for code in ("place", "born", "number")]
    for given in (["number", "born"], ["place", "born", "number"]):
        said = {"items": items, "key": given}
        operations.edit(no, changes=said, actor=county.actor("editor"), now=NOW, key_ordered=ordered)
    assert queries.change(no).key == key


def test_a_name_that_is_published_or_on_its_way_is_nobody_elses_and_is_free_once_given_up(county):
    first = another(county)
    no = change(county, {})
    with pytest.raises(rules.NameTaken):
        edit(county, no, name="婚姻登记信息")
    edit(county, no, name="户籍人口信息")
    for name in ("户籍人口信息", "人口基本信息", "婚姻登记信息"):
        with pytest.raises(rules.NameTaken):
            another(county, name=name, code="307002/000002")
    county.take_change(first, "drop", by="editor")
    county.take_change(no, "drop", by="editor")
    for code, name in (("307002/000002", "婚姻登记信息"), ("307002/000003", "户籍人口信息")):
        another(county, name=name, code=code)


def test_a_code_whose_first_change_was_dropped_is_free_again_and_its_history_stays(county):
    first = another(county)
    with pytest.raises(rules.CodeTaken):
        another(county, name="另一名称")
    assert county.take_change(first, "drop", by="editor") == "DROPPED"
    second = another(county, name="另一名称")
    county.bring_change(second, to="PUBLISHED")
    assert (queries.published(MARRIAGES).name, queries.published(MARRIAGES).number) == ("另一名称", 1)
    assert [(each.no, each.name) for each in queries.changes(MARRIAGES)] == [
        (second, "另一名称"), (first, "婚姻登记信息"),
    ]  # fmt: skip
    with pytest.raises(rules.CodeTaken):
        another(county, name="婚姻登记信息")


def test_the_name_of_what_was_withdrawn_is_free_for_a_new_entry(county):
    county.withdraw()
    no = another(county, name="人口基本信息")
    county.bring_change(no, to="PUBLISHED")
    assert [version.entry.code for version in queries.search(Search("人口"))] == [MARRIAGES]
    with pytest.raises(rules.EntryNotPublished):
        county.begin_change()


def test_an_item_without_a_name_is_refused_when_it_is_written_down(county):
    no, actor = another(county), county.actor("editor")
    items = [{"code": "number", "name": "登记字号"}, {"code": "place", "name": " "}, {"code": "born", "name": ""}]
    given = {"abstract": "婚姻登记。", "items": items, "key": ["number"]}
    for write in (
        lambda: operations.draft(code="307002/000002", name="离婚登记信息", **given, actor=actor, now=NOW),
        lambda: operations.edit(no, changes=given, actor=actor, now=NOW),
    ):
        with pytest.raises(Faults) as refused:
            write()
        told = [(each.code, each.facts, each.fields, each.clause) for each in refused.value.problems]
        assert told == [
            ("ITEM_NAME_MISSING", {"item": "place"}, ("item-2-name",), "B.1.1"),
            ("ITEM_NAME_MISSING", {"item": "born"}, ("item-3-name",), "B.1.1"),
        ]
    assert not Entry.objects.filter(code="307002/000002").exists()
    assert [item["code"] for item in queries.change(no).items] == ["number"]


def test_without_its_entry_in_the_log_nothing_is_begun_or_altered(county, log_down):
    no = another(county)
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        county.begin_change()
    with pytest.raises(Exception, match="permission denied"):
        edit(county, no, abstract="改。")
    assert (queries.change(no).abstract, Change.objects.count()) == ("婚姻登记。", 2)
    assert entries(county.url, "catalog.change_edited") == 0


def test_what_a_published_change_alters_reaches_the_desks_of_its_applications_at_once(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    assert {turn.action for turn in Turn.objects.filter(case=no)} >= {"pass_on"}
    change(county, {"name": "户籍人口信息", "sharing_type": 1}, to="PUBLISHED")
    rows = Turn.objects.filter(case=no)
    assert ({turn.action for turn in rows}, {turn.title for turn in rows}) == (
        {"confirm", "return", "refuse"}, {"示范县民政局 → 户籍人口信息"},
    )  # fmt: skip
    assert passes.check_turns(now=NOW) == {}


def test_what_is_published_as_not_shared_any_more_ends_what_was_granted_and_applied_for(county):
    opened, waits = county.draft(), county.draft()
    county.walk(opened, to="FILED")
    county.walk(waits, to="COMPLIANCE_CHECK")
    change(county, {"sharing_type": 3, "sharing_basis": "《某条例》第三条"}, to="PUBLISHED")
    (grant,) = sharing.grants(county.actor("consumer"))
    assert (grant.state, grant.reason) == ("revoked", "信息资源改为不予共享：《某条例》第三条")
    for action, refusal in (("confirm", ResourceNotShared), ("pass_on", ConditionNotMet)):
        with pytest.raises(refusal):
            county.take(waits, action, by="authority")
    assert county.turn(waits) == county.at("authority")
    assert county.take(waits, "end", by="authority", reason="不予共享", basis="《某条例》第三条") == "ENDED"


def test_what_is_shared_again_is_opened_anew_and_what_had_ended_stays_so(county):
    opened = county.draft()
    county.walk(opened, to="FILED")
    change(county, {"sharing_type": 3, "sharing_basis": "《某条例》第三条"}, to="PUBLISHED")
    change(county, {"sharing_type": 2, "sharing_basis": ""}, to="PUBLISHED")
    again = county.draft()
    county.walk(again, to="FILED")
    told = {grant.no: grant.state for grant in sharing.grants(county.actor("consumer"))}
    assert told == {f"G-{opened}": "revoked", f"G-{again}": "active"}
