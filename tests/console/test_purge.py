"""Purging at the command line: two officers, each with their own password."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

import psycopg
import pytest
from acting import NOW, PASSWORD, entries
from rich.console import Console

from hutong import settings
from hutong.audit import holds, retention, tree
from hutong.audit.events import RecordClass
from hutong.audit.holds import HoldEndsTooSoon
from hutong.console import hold, officer, purge
from hutong.control.procedures import attachments
from hutong.control.procedures.attachment_bounds import AttachmentBounds
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.models import Attachment
from hutong.control.rulebook import operations as rulebook
from hutong.control.units import factors, logins, operations, queries
from hutong.control.units.rules import Actor, LoginBlocked
from hutong.core import beijing, text
from hutong.db.database import Database
from hutong.installation import opening
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring

LATER = datetime(2040, 5, 6, 7, tzinfo=UTC)
BEFORE = date(2027, 1, 1)


@pytest.fixture
def opened(county, tmp_path, monkeypatch) -> Installation:
    """The county's platform fourteen years on, its log placed."""
    for name in ("HUTONG_DATABASE_URL", "HUTONG_WEB_SECRET"):
        monkeypatch.setenv(name, "")  # as they were, at the end
    given = replace(settings.read({}), data=tmp_path)
    opening.prepare_folder(given)
    found = Installation(settings=given, database_url=county.url, clock=lambda: LATER, training=True)
    keeper = Database(county.url, role="logkeeper", size=1)
    tree.integrate(keeper, now=LATER, signer=found.log_signer)
    keeper.close()
    return found


@pytest.fixture
def with_papers(county) -> str:
    """An application that was taken back, and one under way, each with a file of its own."""
    keyring = Keyring({"k1": bytes(32)}, current="k1")
    for ends in (True, False):
        no = county.draft()
        attachments.add(
            CaseReference("sharing.application", no), name="批复.txt", source=[b"text"], by=county.actor("consumer"),
            record_class=RecordClass.ADMINISTRATION, bounds=AttachmentBounds(100, 100, 1), keyring=keyring, now=NOW,
        )  # fmt: skip
        if ends:
            county.take(no, "take_back", by="consumer")
    return no


def entitled(opened, *, username="operator", password=PASSWORD, code="") -> Actor:
    return officer.login(opened, username=username, password=password, ask=lambda: code)


def requested(opened, *, by="operator", before=BEFORE):
    return purge.request(
        opened, record_class=RecordClass.ADMINISTRATION, before=before, by=entitled(opened, username=by)
    )


def an_officer(role: str) -> Actor:
    """The county's officer of this role, who is called as it."""
    return queries.actor(role, now=NOW)


@pytest.mark.clause("SX-10-c")
def test_with_the_records_go_the_attachments_of_cases_that_were_over(with_papers, opened):
    asked = requested(opened)
    done = purge.approve(opened, number=asked.id, by=an_officer("authority"))
    assert done.certificate is not None
    assert "附件 Attachments removed：1\n" in done.certificate
    assert [row.case for row in Attachment.objects.all()] == [with_papers]


@pytest.mark.clause("SX-10-c")
def test_one_officer_requests_another_confirms_and_the_certificate_names_both(opened):
    asked = requested(opened)
    assert (asked.requested_by, asked.removed) == ("operator", None)

    done = purge.approve(opened, number=asked.id, by=an_officer("authority"))

    assert done.removed
    assert done.certificate is not None
    assert "operator" in done.certificate
    assert "authority" in done.certificate
    assert entries(opened.database_url, "units.role_given") == 0
    assert entries(opened.database_url, "auth.login") == 1


def test_nobody_confirms_what_they_requested(opened):
    asked = requested(opened)
    with pytest.raises(retention.ApproverIsRequester):
        purge.approve(opened, number=asked.id, by=an_officer("operator"))
    assert entries(opened.database_url, "units.role_given") > 0


def test_what_was_requested_is_dropped_by_an_officer_of_the_three_and_confirmed_no_more(opened):
    asked = requested(opened)
    with pytest.raises(retention.NotEntitledToPurge):
        purge.drop(opened, number=asked.id, reason="另案处理", by=an_officer("consumer"))
    purge.drop(opened, number=asked.id, reason="另案处理", by=entitled(opened))
    assert purge.show(opened, asked.id).state == "dropped"
    with pytest.raises(retention.PurgeMovedOn):
        purge.approve(opened, number=asked.id, by=an_officer("authority"))
    assert entries(opened.database_url, "audit.purge_dropped") == 1
    assert entries(opened.database_url, "units.role_given") > 0


@pytest.mark.clause("SX-10-c")
def test_what_the_rulebook_has_kept_longer_is_not_requested_sooner(opened):
    values, since = {"audit.administration_years": 14}, beijing.day(LATER)
    actor = queries.actor("authority", now=NOW)
    rulebook.change(values, from_date=since, reason="〔2040〕1号", actor=actor, now=LATER)
    with pytest.raises(retention.KeptLonger, match="kept 14 years"):
        requested(opened)
    requested(opened, before=date(2026, 5, 1))


@pytest.mark.clause("SX-10-c")
def test_what_is_kept_longer_is_not_even_requested(opened):
    with pytest.raises(retention.KeptLonger) as refused:
        requested(opened, before=date(2039, 1, 1))
    assert entries(opened.database_url, "audit.purge_refused") == 1
    told = re.search(r"只能销毁 (\S+) 之前的记录", text.say(refused.value, language="zh").message)
    assert requested(opened, before=date.fromisoformat(told[1])).removed is None


def test_a_purge_that_a_hold_stopped_goes_on_once_it_is_lifted(opened):
    asked = requested(opened)
    owner = Database(opened.database_url, role="owner", size=1)
    facts = {"by": "authority", "seats": an_officer("authority").platform_seats, "now": LATER}
    hold = holds.place(owner, record_class=None, reason="案件", **facts)
    with pytest.raises(retention.UnderHold):
        purge.approve(opened, number=asked.id, by=an_officer("authority"))
    holds.lift(owner, hold=hold, reason="结案", **facts)
    owner.close()

    assert purge.approve(opened, number=asked.id, by=an_officer("authority")).removed


@pytest.mark.clause("SX-10-c")
def test_a_hold_placed_at_the_command_line_stops_a_purge_there_until_it_is_lifted_there(opened):
    console = Console(file=StringIO(), width=200)
    asked = requested(opened)
    facts = {"by": an_officer("authority"), "console": console}
    kept = {"record_class": RecordClass.ADMINISTRATION, "until": date(2040, 5, 8)}
    hold.place(opened, reason="审计〔2040〕3号", **kept, **facts)
    with pytest.raises(retention.UnderHold, match="审计〔2040〕3号"):
        purge.approve(opened, number=asked.id, by=an_officer("authority"))
    assert entries(opened.database_url, "units.role_given") > 0

    hold.show(opened, ended=False, console=console)
    hold.lift(opened, number=1, reason="审计结束", **facts)
    hold.show(opened, ended=False, console=console)
    hold.show(opened, ended=True, console=console)

    line = "第 1 号  管理日志，至 2040-05-08（含当日）；2040-05-06 由 authority 留存，理由：审计〔2040〕3号"
    assert console.file.getvalue().splitlines() == [
        "已留存管理日志，至 2040-05-08（含当日），编号第 1 号。",
        "事毕解除：hutong audit hold lift 1 --reason 理由 --officer 账号",
        line,
        "已解除第 1 号留存。",
        "现无有效的留存。",
        f"{line}（2040-05-06 由 authority 解除）",
    ]
    assert [entries(opened.database_url, f"audit.hold_{what}") for what in ("placed", "lifted")] == [1, 1]
    assert purge.approve(opened, number=asked.id, by=an_officer("authority")).removed


def test_a_wrong_password_is_refused_entered_and_after_some_the_door_stays_shut(opened):
    for _ in range(8):
        with pytest.raises(logins.LoginRefused):
            entitled(opened, password="wrong")
    with pytest.raises(LoginBlocked):
        entitled(opened)
    assert entries(opened.database_url, "auth.failed") == 8


def test_a_stopped_officer_is_refused_and_entered(opened):
    operations.set_active(username="operator", active=False, now=LATER, by="operator")
    with pytest.raises(logins.LoginRefused):
        entitled(opened)
    assert (entries(opened.database_url, "auth.login"), entries(opened.database_url, "auth.failed")) == (0, 1)
    with psycopg.connect(opened.database_url, options="-c role=hutong_owner") as owner:
        (told,) = owner.execute("select record from audit.entry where event = 'auth.failed'").fetchone()
    assert '"reason":"NO_SUCH_OFFICER"' in told  # what the door does not say


def put_factor(opened) -> list[str]:
    ring, at = Keyring.load(opened.keyring_path), datetime.fromtimestamp(1111111111, UTC)
    shown = factors.ShownCode("operator", "050471", "10.0.0.1", ring, at, LATER)  # RFC 6238, appendix B
    return factors.put(shown, present=PASSWORD, secret=b"12345678901234567890")


@pytest.mark.clause("SX-11-a")
def test_who_has_a_second_factor_is_asked_for_it_here_too(opened):
    codes = put_factor(opened)
    with pytest.raises(factors.CodeWrong):
        entitled(opened, code="000000")
    assert entries(opened.database_url, "auth.login") == 0

    assert entitled(opened, code=codes[0]).officer == "operator"
    assert queries.factor("operator").recovery_left == 9


@pytest.mark.clause("SX-11-a")
def test_who_must_have_a_second_factor_and_has_none_may_not(opened):
    strict = replace(opened, settings=replace(opened.settings, factor_roles=frozenset({"operator"})))
    with pytest.raises(logins.FactorNeeded):
        entitled(strict)
    assert (entries(opened.database_url, "auth.login"), entries(opened.database_url, "auth.failed")) == (0, 1)


def test_an_officer_without_such_a_role_may_not(opened):
    with pytest.raises(retention.NotEntitledToPurge):
        requested(opened, by="consumer")


def test_a_hold_that_would_be_over_is_told_by_the_day_that_was_given(opened):
    with pytest.raises(HoldEndsTooSoon, match="2040-05-05") as refused:
        hold.place(
            opened,
            record_class=None,
            reason="审计",
            until=date(2040, 5, 5),
            by=an_officer("authority"),
            console=Console(),
        )
    assert refused.value.facts == {"until_at": "2040-05-05"}


@pytest.mark.parametrize("far", [date(1, 1, 1), date(1999, 12, 31), date(2200, 1, 1), date(9999, 12, 31)])
def test_a_day_far_off_is_refused_for_purges_and_holds(opened, far):
    with pytest.raises(beijing.DayFarOff, match=far.isoformat()):
        requested(opened, before=far)
    given = {"record_class": None, "reason": "审计", "by": entitled(opened), "console": Console(file=StringIO())}
    with pytest.raises(beijing.DayFarOff, match=far.isoformat()):
        hold.place(opened, until=far, **given)


def test_a_hold_that_ends_on_the_last_day_there_is_is_placed_and_its_reason_is_told_in_one_line(opened):
    told = Console(file=StringIO(), width=400)
    given = {"record_class": None, "reason": "审\x1b[2K\n计", "by": entitled(opened), "console": told}
    hold.place(opened, until=date(2199, 12, 31), **given)
    hold.show(opened, ended=False, console=told)
    said = told.file.getvalue()
    assert "审\u241b[2K\u240a计" in said
    assert "\x1b" not in said
