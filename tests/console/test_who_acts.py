"""Whatever an operator's command writes is entered under an active officer's name or a registered system's."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
import typer
from acting import CODE, NOW, PASSWORD
from psycopg.rows import dict_row
from typer.testing import CliRunner

from hutong import cli, settings
from hutong.audit import tree
from hutong.backup import drill_reports
from hutong.client import keys
from hutong.control.units import factors
from hutong.control.units import operations as members
from hutong.control.units.models import Officer
from hutong.core import canonical
from hutong.core.cosignature import WitnessSigner
from hutong.core.signed_note import Checkpoint
from hutong.db.database import Database
from hutong.installation import belonging, identity, opening
from hutong.plane.keys import Keyring

HEAD = "公民身份号码,姓名,住址,所属街道\n"
ENROLMENT = '[[users]]\nid = "chen"\nname = "陈明"\nunit = "示范县民政局"\n'
CALENDAR = "date,until,kind,name\n2027-01-01,2027-01-03,holiday,元旦\n"
REPORT = {
    "fault_at": "2026-03-01T01:00:00+00:00", "read_back_at": "2026-03-01T01:05:00+00:00", "verified": False,
    "set_number": 3, "set_ended_at": "2026-02-28T18:00:00+00:00",
    "steps": [{"code": "keys", "name": "打开密钥", "seconds": 1.5, "ok": False, "told": "口令不符"}],
}  # fmt: skip
WITNESS = str(WitnessSigner.from_seed("witness.county.example", b"w" * 32).public)
BY_SYSTEM = ("--system", "police-app", "--system-key", "police.key")

WRITES: list[tuple[str, str, tuple[str, ...]]] = [
    ("load", "editor", (CODE, "first.csv")),
    ("load", "", (CODE, "second.csv", *BY_SYSTEM)),
    ("enrol", "operator", ("county.toml",)),
    ("calendar load", "operator", ("calendar.csv",)),
    ("audit export", "operator", ("evidence",)),
    ("audit hold place", "authority", ("--reason", "审计〔2026〕3号")),
    ("audit hold lift", "authority", ("1", "--reason", "审计结束")),
    ("audit witness add", "authority", (WITNESS,)),
    ("audit witness end", "authority", ("witness.county.example", "--reason", "撤并")),
    ("audit purge request", "operator", ("--before", "2010-01-01")),
    ("audit purge drop", "authority", ("1", "--reason", "另案处理")),
    ("audit purge request", "operator", ("--before", "2010-01-01")),
    ("audit purge approve", "authority", ("2", "--yes")),
    ("audit epoch request", "operator", ("--reason", "机房火灾")),
    ("audit epoch drop", "authority", ("1", "--reason", "已恢复")),
    ("audit epoch request", "operator", ("--reason", "机房火灾")),
    ("audit epoch approve", "authority", ("2", "--yes")),
    ("officer add", "system", ("newcomer", "陈新", "示范县民政局")),
    ("officer rename", "system", ("newcomer", "陈欣", "--reason", "更名")),
    ("officer move", "system", ("newcomer", "示范县公安局", "--reason", "调动")),
    ("officer give", "security", ("newcomer", "operator")),
    ("officer take", "security", ("newcomer", "operator", "--reason", "调岗")),
    ("officer stop", "system", ("newcomer",)),
    ("officer start", "system", ("newcomer",)),
    ("key request", "operator", ("log", "--reason", "年度更换")),
    ("key drop", "authority", ("1", "--reason", "改期")),
    ("key request", "operator", ("replies", "--reason", "年度更换")),
    ("key approve", "authority", ("2", "--yes")),
    ("drill file", "operator", ("report.json",)),
    ("backup keys", "operator", ("--for", "operator", "--for", "authority", "--to", "keys.recovery")),
    ("officer new-password", "system", ("newcomer",)),
    ("officer new-password", "system", ("approver", "--without-password", "系统管理员的口令均已遗失")),
    ("officer unlock", "system", ("newcomer",)),
    ("officer reset-second-factor", "system", ("competent",)),
]
"""Every command that writes an entry, in an order in which each can be done: who does it, and how."""

ENTERS_NOTHING = {
    "init", "up", "serve", "gateway", "work", "demo", "try", "calendar show", "audit verify",
    "audit check", "audit hold list", "audit witness list", "key list", "runs", "backup list", "backup check",
    "restore", "status", "archive", "service", "units", "officers", "grants", "cases",
}  # fmt: skip
"""Commands that enter nothing under a name; what the demonstration enters, and a restore, their own tests look at."""
ENTERS_UNNAMED = {"upgrade", "instance new", "instance keep"}
"""Commands that enter under the officer who is named, or under nobody (`tests/console/test_upgrade.py`)."""
ENTERS_FOR_ONESELF = {"officer change-password"}
"""Commands that any officer does about the own account (`tests/console/test_change_password.py`)."""


def named(app: typer.Typer, before: str = "") -> Iterator[str]:
    """Return the names of all commands of a command line."""
    for command in app.registered_commands:
        yield f"{before}{command.name or command.callback.__name__}"
    for group in app.registered_groups:
        yield from named(group.typer_instance, f"{before}{group.name} ")


@pytest.fixture
def folder(county, tmp_path, monkeypatch) -> Path:
    """The county's platform, its log placed, and the files that its people hand in."""
    for name, value in {"DATABASE_URL": county.url, "WEB_SECRET": "", "DATA": str(tmp_path / "data")}.items():
        monkeypatch.setenv(f"HUTONG_{name}", value)
    for number in (1, 2):
        monkeypatch.setenv(f"HUTONG_PASSPHRASE_{number}", f"correct horse battery {number}")
        monkeypatch.setenv(f"HUTONG_KEEPER_PASSWORD_{number}", PASSWORD)
    monkeypatch.chdir(tmp_path)
    with opening.opened(settings.read()) as made:
        given = made.settings
    opened = opening.Installation(settings=given, database_url=county.url, clock=lambda: NOW, training=False)
    keeper = Database(county.url, role="logkeeper", size=1)
    tree.integrate(keeper, now=NOW, signer=opened.log_signer)
    keeper.close()
    # The key has signed an entry more than the database has: as after a restore.
    signer = opened.log_signer
    opened.log_heads.keep(1, signer.sign(Checkpoint(signer.name, 1_000_000, bytes(32)).text()))
    unit = county.actor("authority").unit
    for username, role in (("system", "system_admin"), ("security", "security_admin")):
        members.add_officer(
            username=username, password=PASSWORD, name="郑和", unit=unit, roles=[role], now=NOW, by="init"
        )
    at = datetime.fromtimestamp(1111111111, UTC)
    shown = factors.ShownCode("competent", "050471", "10.0.0.1", Keyring.load(opened.keyring_path), at, NOW)  # RFC 6238
    factors.put(shown, present=PASSWORD, secret=b"12345678901234567890")
    Path("first.csv").write_text(HEAD + "330523200512192451,蒋峰鹏,一号,东街\n")
    Path("second.csv").write_text(HEAD + "330523200512192451,蒋峰鹏,二号,东街\n")
    Path("county.toml").write_text(ENROLMENT)
    report = REPORT | {"platform": str(identity.platform_of(belonging.first_verifier(given)))}
    authenticated = drill_reports.authenticated(report, keyring=Keyring.load(opened.keyring_path))
    Path("report.json").write_text(json.dumps(authenticated))
    Path("calendar.csv").write_text(CALENDAR)
    key = keys.generate(Path("police.key")).private.public_key().public_bytes_raw()
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute(
            "insert into audit.backup_set (folder, number, began_at, ended_at, bytes, log_size, postgres)"
            " values ('/mnt/second', %(set_number)s, %(set_ended_at)s, %(set_ended_at)s, 7, 1, 18)", report,
        )  # fmt: skip
        opened.execute(
            "insert into plane.system (id, unit, name, public_key, mlps_level, mlps_until)"
            " values ('police-app', %s, '户籍系统', %s, 2, %s)",
            [county.police, key, date(2027, 12, 31)],
        )
    return tmp_path


def run(command: str, *arguments: str, by: str) -> tuple[int, str]:
    """Run a command as an officer would type it, and return its status and what it says."""
    given = {"--without-password", "--password"}.isdisjoint(arguments)
    who = ("--officer", by, *(("--password", PASSWORD) if given else ())) if by else ()
    told = CliRunner().invoke(cli.app, [*command.split(), *arguments, *who])
    return told.exit_code, f"{told.output}{told.exception or ''}"


def entered(url: str, *, after: int = 0) -> list[dict]:
    """Return what was entered after an entry: number, event and record."""
    with psycopg.connect(url, row_factory=dict_row, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select id, event, record from audit.entry where id > %s order by id", [after]).fetchall()
    return [{**row, "record": canonical.loads(row["record"])} for row in rows]


def test_every_command_says_whether_it_writes():
    said = {command for command, _, _ in WRITES} | ENTERS_NOTHING | ENTERS_UNNAMED | ENTERS_FOR_ONESELF
    assert said == set(named(cli.app))


@pytest.mark.clause("SX-11-a")
def test_whatever_a_command_enters_names_an_active_officer_or_a_registered_system(folder, county):
    officers = set(Officer.objects.filter(active=True).values_list("user__username", flat=True))
    for command, by, arguments in WRITES:
        last = entered(county.url)[-1]["id"]
        status, told = run(command, *arguments, by=by)
        assert status == 0, (command, told)
        found = entered(county.url, after=last)
        assert {each["record"].get("by", by) for each in found} == {by or "police-app"}, command
        assert any("by" in each["record"] for each in found), command
        assert {by} - {""} <= officers


@pytest.mark.clause("SX-11-a", "SX-06-b")
def test_nobody_does_what_is_not_theirs_and_nothing_is_entered_of_it_but_that_it_was_refused(folder, county):
    for command, by, arguments in WRITES:
        last = entered(county.url)[-1]["id"]
        status, _ = run(command, *arguments, by="consumer" if by else "operator")
        assert status == 1, command
        events = {each["event"] for each in entered(county.url, after=last)}
        own = {"audit.purge_refused", "audit.hold_refused", "audit.epoch_refused", "audit.key_refused"}
        assert events <= {"auth.login", "desk.refused", *own}, command
        known = "--without-password" not in arguments  # there nobody has proven who they are
        assert ("desk.refused" in events) == known, command


def test_whoever_is_not_named_or_not_proven_does_nothing(folder, county):
    before = len(entered(county.url))
    for command, _, arguments in WRITES:
        given = [each for each in arguments if each not in BY_SYSTEM]
        assert "OfficerNotNamed" in repr(CliRunner().invoke(cli.app, [*command.split(), *given]).exception), command
    unasked = CliRunner().invoke(cli.app, ["load", CODE, "first.csv", "--officer", "editor"])
    assert "NobodyToAsk" in repr(unasked.exception), "no terminal is there"
    keys.generate(Path("other.key"))
    stranger = ("--system", "police-app", "--system-key", "other.key")
    assert "SystemNotProven" in repr(CliRunner().invoke(cli.app, ["load", CODE, "first.csv", *stranger]).exception)
    assert len(entered(county.url)) == before


def test_a_system_of_another_unit_delivers_nothing_and_none_confirms(folder, county):
    key = keys.load(Path("police.key")).private.public_key().public_bytes_raw()
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        opened.execute("update plane.system set public_key = %s where id = 'civil-app'", [key])
    other = ("--system", "civil-app", "--system-key", "police.key")
    for given, code in ((other, "NotTheProviders"), ((*BY_SYSTEM, "--approve"), "SystemApproves")):
        assert code in repr(CliRunner().invoke(cli.app, ["load", CODE, "first.csv", *given]).exception)
    assert [each for each in entered(county.url) if each["event"].startswith("plane.deliver")] == []


@pytest.mark.clause("SX-10-b")
def test_what_an_officer_is_refused_at_the_command_line_is_entered_too(folder, county):
    for command, by, arguments in (
        ("officer give", "editor", ("approver", "operator")),
        ("audit hold place", "editor", ("--reason", "审计")),
        ("load", "consumer", (CODE, "first.csv")),
    ):
        last = entered(county.url)[-1]["id"]
        assert run(command, *arguments, by=by)[0] != 0
        (refused,) = (each["record"] for each in entered(county.url, after=last) if each["event"] == "desk.refused")
        assert (refused["by"], refused["place"]) == (by, f"hutong {command}")
