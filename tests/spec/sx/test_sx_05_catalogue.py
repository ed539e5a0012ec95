"""Articles 4 and 5: each unit compiles its catalogue in the catalogue system, and the authority publishes it."""

from dataclasses import replace

import pytest
from acting import CODE, NOW
from cataloguing import CIVIL_CODE, SCAN, change_of, civil_officers, draft, edit, entry_step, walk_entry
from outcomes import DONE, came_of

from hutong.control.catalog import queries
from hutong.control.catalog.rules import METHODS_OF_FORMAT
from hutong.control.procedures import queries as procedures
from hutong.control.sharing import queries as sharing
from hutong.control.sharing.operations import amend
from hutong.control.units import deputies
from hutong.core import beijing, workdays
from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.definition import Item


def published(county, code: str = CIVIL_CODE) -> str:
    """Return what came of looking a resource up in the plane, which deliveries and grants do."""
    db = Database(county.url, role="plane", size=1)
    with db.transaction() as cur:
        came = came_of(tables.version, cur, code=code)
    db.close()
    return came


def due(county, code: str) -> object:
    """Return the last day in time of what the newest change of an entry waits for."""
    return procedures.deadlines("catalog.change", [change_of(code)])[change_of(code)].day


def after(county, days: int) -> object:
    return workdays.add_workdays(beijing.day(NOW), days, calendar=county.calendar).day


# SX-04-a: the authority publishes


@pytest.mark.clause("SX-04-a", "HN-05-a", "SX-11-a")
def test_the_authority_reviews_and_publishes_and_nobody_else(county):
    civil_officers(county)
    walk_entry(county, to="REGISTERED")
    others = ("civil-editor", "civil-approver", "operator", "consumer", "competent", "editor")
    assert [entry_step(county, CIVIL_CODE, "publish", by=name) for name in others] == ["NOT_YOUR_ROLE"] * len(others)
    assert entry_step(county, CIVIL_CODE, "return", by="authority") == "GROUNDS_MISSING"
    assert due(county, CIVIL_CODE) == after(county, 5)
    assert entry_step(county, CIVIL_CODE, "publish", by="authority") == "PUBLISHED"
    version = queries.published(CIVIL_CODE)
    assert (version.number, version.release_date, version.published_by) == (1, beijing.day(NOW), "authority")


@pytest.mark.clause("SX-04-a", "SX-04-e", "HN-05-a")
def test_who_handed_it_in_or_registered_it_does_not_publish_it(county):
    civil_officers(county)
    for username in ("civil-editor", "civil-approver"):
        deputies.name(
            role="authority", unit=county.seat("authority").unit, username=username, until_date=beijing.day(NOW),
            reason="人手不足", actor=county.actor("authority"), now=NOW,
        )  # fmt: skip
    walk_entry(county, to="REGISTERED")
    for username in ("civil-editor", "civil-approver"):
        assert entry_step(county, CIVIL_CODE, "publish", by=username) == "OTHER_SIDE_TAKEN"
    assert entry_step(county, CIVIL_CODE, "publish", by="authority") == "PUBLISHED"


@pytest.mark.clause("SX-04-a")
@pytest.mark.parametrize("state", ["DRAFT", "SUBMITTED", "REGISTERED"])
def test_the_authority_ends_nothing_that_others_can_still_do(county, state):
    civil_officers(county)
    walk_entry(county, to=state)
    assert entry_step(county, CIVIL_CODE, "stop", by="authority", reason="无人办理") == "CONDITION_NOT_MET"


@pytest.mark.clause("SX-04-a", "SX-06-a", "HN-07")
def test_with_an_entry_goes_what_was_granted_on_it(county):
    no = county.draft()
    county.walk(no, to="FILED")
    operator = county.actor("operator")
    seen = [[grant.state for grant in sharing.grants(operator)]]
    entry_step(county, CODE, "withdraw", by="authority", reason="依据已废止")
    seen.append([grant.state for grant in sharing.grants(operator)])
    assert seen == [["active"], ["revoked"]]


@pytest.mark.clause("SX-04-a", "HN-05-a", "SX-11-a")
def test_the_authority_withdraws_with_a_reason_and_nobody_else(county):
    for name in ("editor", "approver", "operator"):
        assert entry_step(county, CODE, "withdraw", by=name, reason="依据已废止") == "NOT_YOUR_ROLE"
    assert entry_step(county, CODE, "withdraw", by="authority", reason=" ") == "GROUNDS_MISSING"
    assert entry_step(county, CODE, "withdraw", by="authority", reason="依据已废止") == "WITHDRAWN"


# SX-04-e: each unit compiles and maintains its own


@pytest.mark.clause("SX-04-e", "SX-11-a")
def test_each_unit_compiles_and_maintains_its_own_catalogue_and_no_others(county):
    civil_officers(county)
    assert came_of(draft, county) == DONE
    for name, came in (("editor", "NOT_YOUR_ROLE"), ("civil-approver", "NOT_YOUR_ROLE"), ("civil-editor", DONE)):
        assert edit(county, CIVIL_CODE, by=name, abstract=f"由{name}修改。") == came
    assert queries.change(change_of(CIVIL_CODE)).abstract == "由civil-editor修改。"


@pytest.mark.clause("SX-04-e", "SX-11-a")
def test_an_entry_is_registered_inside_the_unit_before_it_is_published(county):
    civil_officers(county)
    draft(county)
    assert entry_step(county, CIVIL_CODE, "publish", by="authority") == "CASE_CANNOT_MOVE"
    entry_step(county, CIVIL_CODE, "submit", by="civil-editor")
    assert entry_step(county, CIVIL_CODE, "publish", by="authority") == "CASE_CANNOT_MOVE"
    for name in ("approver", "authority", "civil-editor", "operator"):
        assert entry_step(county, CIVIL_CODE, "register", by=name) == "NOT_YOUR_ROLE"
    assert due(county, CIVIL_CODE) == after(county, 5)
    assert entry_step(county, CIVIL_CODE, "return", by="civil-approver") == "GROUNDS_MISSING"
    assert entry_step(county, CIVIL_CODE, "return", by="civil-approver", reason="补充摘要") == "RETURNED"
    assert due(county, CIVIL_CODE) == after(county, 15)
    assert entry_step(county, CIVIL_CODE, "submit", by="civil-editor") == "SUBMITTED"
    assert entry_step(county, CIVIL_CODE, "register", by="civil-approver") == "REGISTERED"


# SX-05-a: through the catalogue system and no other way


@pytest.mark.clause("SX-05-a", "HN-07")
def test_a_resource_is_there_once_its_entry_is_published_and_not_before(county):
    civil_officers(county)
    draft(county)
    seen = [published(county)]
    for action, by in (("submit", "civil-editor"), ("register", "civil-approver"), ("publish", "authority")):
        entry_step(county, CIVIL_CODE, action, by=by)
        seen.append(published(county))
    assert seen == ["RESOURCE_UNKNOWN"] * 3 + [DONE]


@pytest.mark.clause("SX-05-a", "HN-02-b", "HN-03", "HN-04-a")
@pytest.mark.parametrize(
    ("changes", "came"),
    [
        ({}, DONE),
        ({"name": ""}, "ENTRY_INCOMPLETE"),
        ({"abstract": ""}, "ENTRY_INCOMPLETE"),
        ({"items": []}, "ENTRY_INCOMPLETE"),
        ({"key": []}, "KEY_NOT_NAMED"),
        ({"format": 8}, "ENTRY_INCOMPLETE"),
        ({"items": [{"code": "number", "name": " "}]}, "ITEM_NAME_MISSING"),
        ({"name": " \u3000"}, "ENTRY_INCOMPLETE"),
        ({"abstract": "\n"}, "ENTRY_INCOMPLETE"),
        ({"code": "307002-1"}, "RESOURCE_CODE_MISSHAPED"),
        ({"code": "407002/000001"}, "RESOURCE_CLASS_UNKNOWN"),
        ({"key": ["number", "marriage"]}, "KEY_ITEM_MISSING"),
        ({"items": [{"code": "1st", "name": "一"}], "key": ["1st"]}, "ITEM_CODE_MISSHAPED"),
        ({"name": "人口基本信息"}, "NAME_TAKEN"),
        ({"sharing_type": 3}, "BASIS_MISSING"),
        ({"sharing_type": 3, "sharing_basis": "《某法》第一条"}, DONE),
    ],
)
def test_an_entry_is_taken_as_the_compiling_guide_has_it(county, changes, came):
    civil_officers(county)
    assert came_of(draft, county, **changes) == came
    if "code" in changes:  # which stays as it is
        return
    draft(county, code="307002/000002", name="离婚登记")
    assert edit(county, "307002/000002", by="civil-editor", **changes) == came


@pytest.mark.clause("SX-05-a", "SX-02-c")
def test_what_is_published_is_published_once_and_a_change_is_another_version(county):
    assert entry_step(county, CODE, "begin", by="editor") == "DRAFT"
    assert queries.change(change_of(CODE)).base.number == 1
    db = Database(county.url, role="control", size=1)

    def publish(version: int, name: str) -> None:
        with db.transaction() as cur:
            first = tables.version(cur, code=CODE, version=1).definition
            tables.publish(cur, definition=replace(first, version=version, name=name), now=NOW)

    tried = [(1, "人口基本信息", DONE), (1, "另一名称", "VERSION_TAKEN"), (2, "另一名称", DONE)]
    assert [came_of(publish, version, name) for version, name, _ in tried] == [came for *_, came in tried]
    db.close()


@pytest.mark.clause("SX-04-e", "SX-05-a")
@pytest.mark.parametrize("state", ["SUBMITTED", "REGISTERED", "PUBLISHED", "WITHDRAWN"])
def test_an_entry_under_review_or_published_stays_as_it_was_handed_in(county, state):
    civil_officers(county)
    walk_entry(county, to="PUBLISHED" if state == "WITHDRAWN" else state)
    if state == "WITHDRAWN":
        entry_step(county, CIVIL_CODE, "withdraw", by="authority", reason="依据已废止")
    assert edit(county, CIVIL_CODE, by="civil-editor", abstract="后来改的。") == "CHANGE_NOT_EDITABLE"
    assert queries.change(change_of(CIVIL_CODE)).abstract == "本县婚姻登记的基本信息。"


@pytest.mark.clause("HN-02-b")
def test_files_tables_databases_images_streams_documents_and_services_are_shared_by_methods_that_fit(county):
    civil_officers(county)
    number = Item("number", "登记字号", required=True)
    more = {1: {}, 2: {"items": [number, SCAN]}, 3: {"items": [number], "service": "marriages", "time_out": 5}}
    taken = {
        (format, method)
        for format in range(1, 8)
        for method in range(1, 4)
        if came_of(draft, county, code=f"307002/0{format}000{method}", name=f"{format}{method}", format=format,
                   method=method, **more[method]) == DONE
    }  # fmt: skip
    fitting = {(1, 2), (2, 1), (2, 2), (3, 1), (3, 3), (4, 2), (5, 2), (5, 3), (6, 2), (6, 3), (7, 3)}
    assert taken == fitting == {(format, m) for format, methods in METHODS_OF_FORMAT.items() for m in methods}


# SX-05-b: and kept current


@pytest.mark.clause("SX-05-b")
def test_a_change_goes_the_same_way_and_what_is_published_holds_until_then(county):
    assert edit(county, CODE, by="editor", abstract="新的摘要。") == "CHANGE_NOT_EDITABLE"
    for name in ("approver", "authority", "consumer"):
        assert entry_step(county, CODE, "begin", by=name) == "NOT_YOUR_ROLE"
    assert entry_step(county, CODE, "begin", by="editor") == "DRAFT"
    assert entry_step(county, CODE, "begin", by="editor") == "CHANGE_UNDER_WAY"
    assert due(county, CODE) == after(county, 10)
    civil_officers(county)
    for name in ("civil-editor", "approver", "authority"):
        assert edit(county, CODE, by=name, abstract="新的摘要。") == "NOT_YOUR_ROLE"
    assert edit(county, CODE, by="editor", abstract="新的摘要。") == DONE
    shown = [queries.published(CODE).abstract]
    for action, by in (("submit", "editor"), ("register", "approver"), ("publish", "authority")):
        entry_step(county, CODE, action, by=by)
        shown.append(queries.published(CODE).abstract)
    assert shown[:3] == ["本县户籍人口的基本登记信息，用于核验身份。"] * 3
    assert shown[3] == "新的摘要。"


@pytest.mark.clause("HN-03")
def test_what_is_not_shared_is_not_applied_for_and_its_entry_says_by_which_law(county):
    county.say(sharing_type=3, sharing_basis="《某法》第一条")
    assert came_of(county.draft) == "RESOURCE_NOT_SHARED"
    county.say(sharing_type=1)
    assert came_of(county.draft) == DONE


@pytest.mark.clause("HN-03", "SX-05-a")
def test_what_is_not_shared_is_in_the_catalogue_and_nothing_of_it_can_be_delivered_or_granted(county):
    civil_officers(county)
    walk_entry(county, sharing_type=3, sharing_basis="《某法》第一条")
    assert (queries.published(CIVIL_CODE).sharing_basis, published(county)) == ("《某法》第一条", "RESOURCE_UNKNOWN")


@pytest.mark.clause("HN-03")
def test_what_is_not_shared_any_more_is_neither_applied_for_nor_opened(county):
    nos = {state: county.draft() for state in ("DRAFT", "PROVIDER_AGREED", "PURPOSE_VERIFYING")}
    for state, no in nos.items():
        county.walk(no, to=state)
    county.say(sharing_type=3, sharing_basis="《某法》第一条")
    changing = {"changes": {"quota": 5}, "actor": county.actor("consumer"), "now": NOW}
    assert came_of(amend, nos["DRAFT"], **changing) == "RESOURCE_NOT_SHARED"
    steps = (("DRAFT", "lodge", "consumer"), ("PROVIDER_AGREED", "confirm", "authority"),
             ("PURPOSE_VERIFYING", "file", "operator"))  # fmt: skip
    came = {action: came_of(county.take, nos[state], action, by=by) for state, action, by in steps}
    assert came == dict.fromkeys(("lodge", "confirm", "file"), "RESOURCE_NOT_SHARED")
    assert sharing.grants(county.actor("operator")) == []
