"""Article 2: who provides, who uses, and the catalogue they meet in."""

import pytest
from acting import CODE, NOW, PASSWORD
from applying import registered_police
from cataloguing import CIVIL_CODE, civil_officers, draft, edit, entry_step, walk_entry
from outcomes import DONE, came_of, result_of

from hutong.control.catalog import deliveries
from hutong.control.catalog import queries as catalogue
from hutong.control.catalog.models import Entry
from hutong.control.sharing import operations as sharing
from hutong.control.sharing.models import Application
from hutong.control.units import operations as members
from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.definition import Definition, Item


@pytest.mark.clause("SX-02-a")
def test_the_provider_is_the_unit_whose_officers_draft_register_and_change_the_entry(county):
    civil_officers(county)
    assert came_of(draft, county, by="civil-editor") == DONE
    assert Entry.objects.get(code=CIVIL_CODE).provider_id == county.civil
    tried = [
        ("submit", "editor", "NOT_YOUR_ROLE"), ("submit", "civil-approver", "NOT_YOUR_ROLE"),
        ("submit", "civil-editor", "SUBMITTED"), ("register", "approver", "NOT_YOUR_ROLE"),
        ("register", "civil-editor", "NOT_YOUR_ROLE"), ("register", "civil-approver", "REGISTERED"),
    ]  # fmt: skip
    assert [entry_step(county, CIVIL_CODE, action, by=by) for action, by, _ in tried] == [came for *_, came in tried]


@pytest.mark.clause("SX-02-a")
def test_what_the_entry_says_and_holds_is_the_providers_alone_to_change(county):
    civil_officers(county)
    draft(county)
    members.give_role(username="competent", role="provider_approver", now=NOW, by="x")  # of the unit's department
    for name in ("editor", "approver", "civil-approver", "authority", "operator"):
        assert edit(county, CIVIL_CODE, by=name, abstract="别人改的摘要。") == "NOT_YOUR_ROLE"
    assert entry_step(county, CIVIL_CODE, "submit", by="civil-editor") == "SUBMITTED"
    assert entry_step(county, CIVIL_CODE, "register", by="competent") == "NOT_YOUR_ROLE"
    for name, came in (("civil-editor", "NOT_YOUR_ROLE"), ("civil-approver", "NOT_YOUR_ROLE"), ("editor", DONE)):
        assert came_of(deliveries.check, code=CODE, actor=county.actor(name)) == came


@pytest.mark.clause("SX-02-a", "SX-05-a", "HN-07")
def test_a_resource_stays_the_providers_who_published_it(county):
    db = Database(county.url, role="control", size=1)

    def publish(provider: str) -> None:
        again = Definition(CODE, 2, "人口基本信息", provider, ("id",), (Item("id", "编号"),))
        with db.transaction() as cur:
            tables.publish(cur, definition=again, now=NOW)

    assert [came_of(publish, provider) for provider in (county.civil, county.police)] == ["PROVIDER_DIFFERS", DONE]
    db.close()


@pytest.mark.clause("SX-02-a")
def test_who_has_no_provider_role_provides_nothing(county):
    for name in ("consumer", "competent", "authority", "operator", "approver"):
        assert came_of(draft, county, by=name) == "NOT_YOUR_ROLE"
    assert not Entry.objects.filter(code=CIVIL_CODE).exists()


@pytest.mark.clause("SX-02-b")
def test_the_consumer_is_the_unit_whose_officers_apply(county):
    no = county.draft()
    for name in ("editor", "approver", "competent", "authority", "operator"):
        assert came_of(county.draft, actor=county.actor(name)) == "NOT_YOUR_ROLE"
        assert came_of(county.take, no, "lodge", by=name) == "NOT_YOUR_ROLE"
    members.give_role(username="approver", role="consumer", now=NOW, by="x")  # of another unit than applies
    assert came_of(county.take, no, "lodge", by="approver") == "NOT_YOUR_ROLE"
    changes = {"changes": {"matters": ["DB-009"]}, "now": NOW}
    for name in ("approver", "competent", "operator"):
        assert came_of(sharing.amend, no, actor=county.actor(name), **changes) == "NOT_YOUR_ROLE"
    assert Application.objects.get(no=no).matters == ["DB-001"]
    assert result_of(county.take, no, "lodge", by="consumer") == "LODGED"


@pytest.mark.clause("SX-02-b")
def test_one_unit_may_both_provide_and_use(county):
    civil_officers(county)
    walk_entry(county)
    members.add_officer(username="police-consumer", password=PASSWORD, name="吴敏", unit=county.police,
                        roles=["consumer"], now=NOW, by="x")  # fmt: skip
    given = {"code": CIVIL_CODE, "items": ["name"], **registered_police(county)}
    assert came_of(county.draft, actor=county.actor("police-consumer"), **given) == DONE
    assert came_of(county.draft) == DONE  # and the other way round
    assert came_of(members.give_role, username="civil-editor", role="consumer", now=NOW, by="x") == DONE  # one too
    assert came_of(county.draft, actor=county.actor("civil-editor")) == DONE


@pytest.mark.clause("SX-02-c")
def test_the_catalogue_is_versioned_and_what_was_published_stays_as_it_was(county):
    before = _published(county.url, CODE)
    assert entry_step(county, CODE, "begin", by="editor") == "DRAFT"
    for action, by in (("submit", "editor"), ("register", "approver"), ("publish", "authority")):
        entry_step(county, CODE, action, by=by)
    assert catalogue.published(CODE).number == 2
    after = _published(county.url, CODE)
    assert [version for version, _ in after] == [1, 2]
    assert after[0] == before[0]


def _published(url: str, code: str) -> list[tuple[int, str]]:
    db = Database(url, role="owner", size=1)
    with db.transaction() as cur:
        assert tables.version(cur, code=code).definition.code == code
        rows = cur.execute("select version, body from plane.definition where code = %s order by version", (code,))
        found = rows.fetchall()
    db.close()
    return found
