"""Article 6: the provider supplies what the published catalogue lists, and answers for it."""

from hashlib import sha256

import psycopg
import pytest
from acting import CODE, NOW, PASSWORD
from answering import a_grant, opened
from browsing import _key_of_the_log
from cataloguing import change_of
from comparing import answer, question, told
from delivering import definition, manifest, row
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from outcomes import DONE, came_of, result_of
from paging import entered

from hutong.control.catalog import deliveries
from hutong.control.catalog import operations as catalog
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.plane import grants, tables
from hutong.plane.delivery import loading
from hutong.web import plane

__all__ = ["_key_of_the_log"]


@pytest.mark.clause("SX-06-a")
def test_what_the_catalogue_does_not_list_is_not_supplied(provider):
    assert came_of(provider.send, [row("A1")], code="999999/000001") == "RESOURCE_UNKNOWN"
    assert came_of(provider.send, [row("A1")], version=2) == "VERSION_UNKNOWN"
    assert came_of(provider.send, [row("A1")]) == DONE


@pytest.mark.clause("SX-06-a")
def test_what_left_the_catalogue_is_supplied_no_more_and_answered_no_more(platform, provider):
    opened(platform, a_grant())
    provider.send([row("A1", remark="1")])
    with platform.transaction() as cur:
        assert grants.withdraw(cur, code="people", reason="依据已废止", now=NOW, by="chief") == ["g1"]
        assert grants.withdraw(cur, code=definition().code, reason="依据已废止", now=NOW, by="chief") == []
    assert told(answer(platform, question())) == ["GRANT_REVOKED"]
    assert came_of(provider.send, [row("A2", remark="2")]) == "DELIVERY_TO_WITHDRAWN"
    assert provider.held() == ["1"]
    assert came_of(opened, platform, a_grant("g2")) == "RESOURCE_WITHDRAWN"


@pytest.mark.clause("SX-06-b")
def test_the_providing_units_editor_delivers_and_nobody_else(county):
    officers = ("editor", "approver", "consumer", "competent", "authority", "operator")
    asked_by = {name: came_of(deliveries.check, code=CODE, actor=county.actor(name)) for name in officers}
    assert asked_by == {name: DONE if name == "editor" else "NOT_YOUR_ROLE" for name in officers}


@pytest.mark.clause("SX-06-b")
def test_another_units_editor_neither_delivers_nor_changes_what_the_entry_says(county):
    stranger = Actor("other", "周敏", county.civil, "示范县民政局", frozenset({"provider_editor"}))
    assert came_of(deliveries.check, code=CODE, actor=stranger) == "NOT_YOUR_ROLE"
    for actor, came in ((stranger, "NOT_YOUR_ROLE"), (county.actor("editor"), DONE)):
        assert came_of(catalog.begin, CODE, actor=actor, now=NOW, calendar=county.calendar) == came
    changes = {"changes": {"abstract": "别人改的摘要。"}, "actor": stranger, "now": NOW}
    assert came_of(catalog.edit, change_of(CODE), **changes) == "NOT_YOUR_ROLE"


@pytest.mark.clause("SX-06-b", "SP-03-b")
def test_the_platform_holds_what_the_business_database_sent_last(provider):
    provider.send([row("A1", remark="1"), row("A2", remark="2"), row("A3", remark="3")])
    receipt = provider.send([row("A1", remark="1"), row("A2", remark="new"), row("A3", remark="3"), row("A4")])
    assert (receipt.inserted, receipt.updated, receipt.deleted) == (1, 1, 0)
    assert provider.held() == ["", "1", "3", "new"]
    changed = provider.send([{**row("A1"), "_op": "d"}, {**row("A3", remark="4"), "_op": "u"}], kind="changes")
    assert (changed.inserted, changed.updated, changed.deleted) == (0, 1, 1)
    assert provider.held() == ["", "4", "new"]


@pytest.mark.clause("SX-06-b", "SX-06-d")
def test_every_row_sent_is_accounted_for_and_the_numbers_are_entered(provider):
    assert came_of(provider.send, [row("A1"), row("A2", name=""), row("A3", amount="1001")]) == DONE
    (record,) = provider.entries("plane.delivered")
    assert (record["sent"], record["accepted"], record["rejected"], record["by"]) == (3, 2, 1, "clerk")
    of = (definition().provider, definition().code, 1, "d1", "snapshot")
    assert tuple(record[name] for name in ("unit", "resource", "version", "delivery", "kind")) == of
    assert record["digest"] == sha256((provider.folder / "1.csv").read_bytes()).hexdigest()


@pytest.mark.clause("SX-06-d")
def test_what_only_warns_is_counted(provider):
    receipt = provider.send([row("A1", amount="1000"), row("A2", amount="1000.01"), row("A3", amount="2000")])
    assert (receipt.accepted, receipt.warned) == (3, 2)


@pytest.mark.clause("SX-06-d", "D-21")
def test_what_only_warns_is_kept_with_rule_and_reason_beside_what_was_rejected(provider):
    rows = [row("A1", amount="1000"), row("A2", amount="1000.01"), row("A3", name="", amount="2000")]
    receipt = provider.send(rows)
    assert (receipt.accepted, receipt.rejected, receipt.warned) == (2, 1, 1)
    with provider.db.transaction() as cur:
        kept = cur.execute("select number, item, rule, warn from plane.rejected_row order by number, warn").fetchall()
        ((told, counted),) = cur.execute(
            "select e.record::jsonb ->> 'warned', d.warned from audit.entry e, plane.delivery d"
            " where e.event = 'plane.delivered'"
        ).fetchall()
    assert [(item, rule, warn) for _, item, rule, warn in kept] == [
        ("amount", "maximum", True), ("name", "required", False),
    ]  # fmt: skip
    assert (told, counted) == ("1", 1)
    again = provider.send(rows, key="again")
    assert (again.warned, again.updated) == (1, 0)
    last = provider.send([row("A1", amount="1"), row("A2", amount="1")], key="mended")
    assert (last.warned, last.deleted) == (0, 0)


@pytest.mark.clause("SX-06-d")
def test_what_is_incomplete_or_inaccurate_is_told_by_row_item_and_reason(provider):
    provider.send([row("A1", name=""), row("A2", born="x"), row("A3", amount="-1", name=""), row("A4")])
    assert provider.rejected() == [
        (2, "name", "VALUE_MISSING"),
        (3, "born", "VALUE_OF_OTHER_TYPE"),
        (4, "amount", "VALUE_TOO_SMALL"),
        (4, "name", "VALUE_MISSING"),
    ]


@pytest.mark.clause("SX-06-b", "SP-03-b")
def test_what_the_business_database_has_no_more_goes_and_much_of_it_by_the_providers_word_alone(provider):
    provider.send([row(f"A{number}", remark=f"{number:02}") for number in range(20)])
    receipt = provider.send([row(f"A{number}", remark=f"{number:02}") for number in range(2, 20)])
    assert (receipt.state, receipt.deleted, len(provider.held())) == ("loaded", 2, 18)
    held = provider.send([row("A2", remark="02")])
    assert (held.state, held.reason, held.removed_rows, len(provider.held())) == (
        "waiting", "SNAPSHOT_DELETES_MUCH", 17, 18,
    )  # fmt: skip
    assert provider.send([]).state == "waiting"


@pytest.mark.clause("SX-06-b")
def test_the_word_on_what_waits_is_anothers_than_who_handed_it_in(county):
    members.add_officer(username="colleague", password=PASSWORD, name="周敏", unit=county.police,
                     roles=["provider_editor"], now=NOW, by="x")  # fmt: skip
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        opened_.execute(
            "insert into plane.delivery (code, key, version, kind, digest, state, delivered_by, received_at)"
            " values (%s, 'd1', 1, 'snapshot', %s, 'waiting', 'editor', %s)",
            [CODE, bytes(32), NOW],
        )
    given = {"code": CODE, "key": "d1", "digest": bytes(32), "now": NOW}
    came = {name: came_of(deliveries.approve, **given, actor=county.actor(name)) for name in ("editor", "colleague")}
    assert came == {"editor": "APPROVER_DELIVERED", "colleague": DONE}


@pytest.mark.clause("SX-06-a")
def test_what_is_supplied_is_the_version_that_the_catalogue_lists_now(provider):
    provider.send([row("A1", remark="1")])
    with provider.db.transaction() as cur:
        tables.publish(cur, definition=definition(2), now=NOW)
    assert came_of(provider.send, [row("A1", remark="2")], version=2) == DONE
    assert came_of(provider.send, [row("A1", remark="1")], version=1) == "VERSION_SUCCEEDED"


@pytest.mark.clause("SX-06-b", "SX-06-d")
def test_a_row_that_cannot_be_read_is_told_and_counted_like_any_other(provider):
    path = provider.folder / "ragged.csv"
    path.write_text("id,name,phone,born,amount,remark\nA1,张三,1,1990-01-02,1,1\nA2,张三,1,1990-01-02,1\n")
    promised = manifest(path, key="ragged", rows=2)
    loaded = result_of(
        loading.load, provider.db, source=path, manifest=promised, keyring=provider.keyring, now=NOW, by="clerk"
    )
    assert [getattr(loaded, name, loaded) for name in ("sent", "accepted", "rejected")] == [2, 1, 1]
    assert provider.rejected() == [(3, None, "ROW_RAGGED")]


@pytest.mark.clause("SX-06-a", "SX-06-b")
def test_at_the_desk_the_providing_units_editor_hands_in_and_nobody_else(county, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "SPOOL", tmp_path)
    monkeypatch.setattr(settings, "DATABASE_URL", county.url)
    plane.database.cache_clear()
    file = b"resident_number,name,address,street\n"
    officers = ("consumer", "approver", "operator", "authority")
    posted = {
        name: entered(name).post(
            "/zh/desk/deliveries/", {"code": CODE, "kind": "changes", "file": SimpleUploadedFile("x.csv", file)}
        ).status_code
        for name in officers
    }  # fmt: skip
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened_:
        came = opened_.execute("select count(*) from plane.delivery").fetchone()
    plane.database().close()
    plane.database.cache_clear()
    assert (posted, came) == (dict.fromkeys(officers, 403), (0,))
