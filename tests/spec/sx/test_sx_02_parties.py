"""Article 2: who provides, who uses, and the catalogue they meet in."""

import pytest
from acting import CODE, NOW, PASSWORD
from cataloguing import CIVIL_CODE, civil_officers, draft, entry_step, walk_entry
from outcomes import DONE, came_of, result_of

from hutong.control.catalog.models import Entry
from hutong.control.orgs import operations as orgs
from hutong.db.database import Database
from hutong.plane import tables


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
    orgs.give_role(username="approver", role="consumer", now=NOW, by="x")  # of another unit than the one that applies
    assert came_of(county.take, no, "lodge", by="approver") == "NOT_YOUR_ROLE"
    assert result_of(county.take, no, "lodge", by="consumer") == "LODGED"


@pytest.mark.clause("SX-02-b")
def test_one_unit_may_both_provide_and_use(county):
    civil_officers(county)
    walk_entry(county)
    orgs.add_officer(username="police-consumer", password=PASSWORD, name="吴敏", org=county.police, roles=["consumer"],
                     now=NOW, by="x")  # fmt: skip
    given = {"code": CIVIL_CODE, "items": ["name"], "system": "police-app"}
    assert came_of(county.draft, actor=county.actor("police-consumer"), **given) == DONE
    assert came_of(county.draft) == DONE  # and the other way round


@pytest.mark.clause("SX-02-c")
def test_the_catalogue_is_versioned_and_what_was_published_stays_as_it_was(county):
    before = _published(county.url, CODE)
    assert entry_step(county, CODE, "revise", by="editor") == "CHANGING"
    for action, by in (("submit", "editor"), ("register", "approver"), ("publish", "authority")):
        entry_step(county, CODE, action, by=by)
    assert Entry.objects.get(code=CODE).published_version == 2
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
