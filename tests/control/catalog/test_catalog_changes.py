"""A published entry that is being changed: everyone sees what is published until the change is published."""

import psycopg
import pytest
from acting import NOW, County, entries

from hutong.control.catalog import operations, queries, rules
from hutong.control.catalog.models import Entry
from hutong.control.procedures import passes
from hutong.control.procedures.models import Turn
from hutong.control.procedures.rules import ConditionNotMet
from hutong.control.sharing import queries as sharing
from hutong.control.sharing.models import Application
from hutong.control.sharing.rules import ResourceNotShared

MARRIAGES = "307002/000001"


def change(county: County, changes: dict, *, to: str = "CHANGING") -> None:
    """Begin a change of the county's resource, write it down and bring it up to a state."""
    if queries.entry(county.code).state == "PUBLISHED":
        step(county, "revise", by="editor")
    operations.edit(county.code, changes=changes, actor=county.actor("editor"), now=NOW)
    for action, by, state in (
        ("submit", "editor", "SUBMITTED"),
        ("register", "approver", "REGISTERED"),
        ("publish", "authority", "PUBLISHED"),
    ):
        if queries.entry(county.code).state == to:
            return
        assert step(county, action, by=by) == state


def step(county: County, action: str, *, by: str, reason: str = "") -> str:
    return operations.take(
        county.code, action, actor=county.actor(by), now=NOW, calendar=county.calendar, reason=reason
    )


def another(county: County, *, name: str = "婚姻登记信息") -> None:
    items = [{"code": "number", "name": "登记字号"}]
    operations.draft(
        code=MARRIAGES, name=name, abstract="婚姻登记。", items=items, key=["number"],
        actor=county.actor("editor"), now=NOW,
    )  # fmt: skip


def with_name_for_query(county: County) -> dict:
    """Return changes: another name and abstract, and the item `name` offered for query."""
    items = [{**raw, "offered": "query"} if raw["code"] == "name" else raw for raw in queries.entry(county.code).items]
    return {"name": "户籍人口信息", "abstract": "改过的摘要。", "items": items}


@pytest.mark.parametrize("state", ["CHANGING", "SUBMITTED", "REGISTERED"])
def test_the_portal_shows_what_is_published_while_a_change_is_under_way(county, state):
    before = queries.published(county.code)
    change(county, with_name_for_query(county), to=state)
    now = queries.published(county.code)
    assert (now.state, now.name, now.abstract, now.items) == (state, before.name, before.abstract, before.items)
    assert [entry.name for entry in queries.search("人口").entries] == ["人口基本信息"]
    assert queries.search("户籍人口信息").total == 0
    assert queries.names([county.code])[county.code][0] == "人口基本信息"


def test_an_application_is_held_to_what_is_published_until_the_change_is(county):
    change(county, {"sharing_type": 3, "sharing_basis": "《某条例》第三条"}, to="REGISTERED")
    no = county.draft()
    assert Application.objects.get(no=no).entry.sharing_type == 2
    step(county, "publish", by="authority")
    with pytest.raises(ResourceNotShared):
        county.draft()


def test_publishing_applies_the_change_and_clears_it(county):
    changes = with_name_for_query(county)
    change(county, changes, to="PUBLISHED")
    now = queries.published(county.code)
    assert (now.name, now.abstract, now.items) == (changes["name"], changes["abstract"], changes["items"])
    assert (now.draft, now.version, now.published_version) == (None, 2, 2)
    assert [entry.name for entry in queries.search("户籍人口").entries] == ["户籍人口信息"]
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        row = opened.execute("select name, version from plane.resource where code = %s", [county.code]).fetchone()
    assert row is not None
    assert row[0] == "户籍人口信息"


def test_those_who_review_see_what_they_approve(county):
    change(county, with_name_for_query(county), to="SUBMITTED")
    seen = queries.drafted(county.code)
    assert (seen.name, seen.abstract, seen.items[1]["offered"]) == ("户籍人口信息", "改过的摘要。", "query")
    assert queries.entry(county.code).name == "人口基本信息"
    another(county)
    assert queries.drafted(MARRIAGES).name == queries.entry(MARRIAGES).name


def test_a_returned_change_goes_on_from_where_it_was(county):
    change(county, {"abstract": "改过的摘要。"}, to="SUBMITTED")
    step(county, "return", by="approver", reason="请补充更新周期")
    assert queries.published(county.code).abstract != "改过的摘要。"
    change(county, {"update_cycle": 2}, to="PUBLISHED")
    now = queries.published(county.code)
    assert (now.abstract, now.update_cycle) == ("改过的摘要。", 2)


def test_a_change_to_the_name_of_another_entry_is_refused_at_once(county):
    another(county)
    with pytest.raises(rules.NameTaken):
        change(county, {"name": "婚姻登记信息"})
    assert queries.entry(county.code).draft is None


def test_a_name_that_was_taken_meanwhile_is_refused_when_the_change_is_published(county):
    change(county, {"name": "户籍人口信息"}, to="REGISTERED")
    another(county, name="户籍人口信息")
    with pytest.raises(rules.NameTaken):
        step(county, "publish", by="authority")
    now = queries.entry(county.code)
    assert (now.state, now.name, now.published_version) == ("REGISTERED", "人口基本信息", 1)
    assert queries.drafted(county.code).name == "户籍人口信息"


def test_an_entry_never_published_is_edited_itself(county):
    another(county)
    operations.edit(MARRIAGES, changes={"name": "登记信息"}, actor=county.actor("editor"), now=NOW)
    assert (queries.entry(MARRIAGES).name, queries.entry(MARRIAGES).draft) == ("登记信息", None)


def test_an_item_without_a_name_is_refused_when_it_is_written_down(county):
    another(county)
    actor = county.actor("editor")
    items = [{"code": "number", "name": "登记字号"}, {"code": "place", "name": " "}, {"code": "born", "name": ""}]
    given = {"abstract": "婚姻登记。", "items": items, "key": ["number"]}
    for write in (
        lambda: operations.draft(code="307002/000002", name="离婚登记信息", **given, actor=actor, now=NOW),
        lambda: operations.edit(MARRIAGES, changes=given, actor=actor, now=NOW),
    ):
        with pytest.raises(rules.ItemNameMissing) as refused:
            write()
        assert (refused.value.facts, refused.value.clause) == ({"item": "place, born"}, "B.1.1")
    assert not Entry.objects.filter(code="307002/000002").exists()
    assert [item["code"] for item in queries.entry(MARRIAGES).items] == ["number"]


def test_withdrawing_leaves_no_change_behind(county):
    Entry.objects.filter(code=county.code).update(draft={"name": "户籍人口信息"})
    step(county, "withdraw", by="authority", reason="依据已废止")
    assert (queries.entry(county.code).draft, queries.entry(county.code).name) == (None, "人口基本信息")


def test_without_its_entry_in_the_log_a_change_is_not_written(county, log_down):
    step(county, "revise", by="editor")
    before = entries(county.url, "catalog.entry_changed")
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        operations.edit(county.code, changes={"abstract": "改。"}, actor=county.actor("editor"), now=NOW)
    assert queries.entry(county.code).draft is None
    assert entries(county.url, "catalog.entry_changed") == before


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
