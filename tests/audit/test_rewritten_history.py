"""Whoever owns the database, and even the log's key, rewrites nothing that verifying does not find.

What is changed here is changed in the database, as its owner can; the platform then signs and exports in good faith.
"""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from remembering import CONSUMER, NOW, PROVIDER, force, usage
from typer.testing import CliRunner

from hutong import cli
from hutong.audit import checkpoint, export, log, training, tree, verify
from hutong.audit.columns import FIELDS
from hutong.core import signed_note
from hutong.core.lifecycle import Seat

AUDITS = frozenset({Seat("auditor", "unit")})
OLD = datetime(2021, 3, 4, 5, 6, 7, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FUTURE = "is of a moment that has not come yet"
OUT_OF_TIME = "is of a moment that does not lie between its checkpoints"
LATE = "came under a signed checkpoint too long after its moment: the log may have been signed anew"
UNAGREED = "tells of a purge that no two officers requested and approved before it; it covers nothing"
TOO_SOON = "is missing although its years are not over"
UNPURGED = "is missing and no purge in the log covers it"
BROKEN = "is not the next after the checkpoint before it: one is missing, or was put in"
REWRITTEN = "is not continued by this log: its history was rewritten"


@pytest.fixture
def enter(db, signer):
    """Write entries, and sign them at `signed_at`, by default the moment of the last."""

    def entered(*entries, signed_at=None):
        with db.transaction() as cur:
            log.append(cur, entries)
        return tree.integrate(db, now=signed_at or entries[-1].at, signer=signer)

    return entered


@pytest.fixture
def forge(db, signer):
    return partial(force, db, signer=signer)


@pytest.fixture
def found(db, signer, tmp_path):
    """Export the log and verify it at `now`: what is wrong, and where."""
    folders = (tmp_path / f"log-{number}" for number in range(9))

    def faults(*, now=NOW, **given):
        folder = next(folders)
        export.export(db, folder, now=now, by="吴敏", seats=AUDITS, vkey=signer.verifier)
        report = verify.verify(folder, now=now, vkey=signer.verifier, **given)
        return [(fault.where, fault.words(language="en")) for fault in report.faults]

    return faults


def execute(db, statement, *values):
    with db.transaction() as cur:
        return cur.execute(statement, values).rowcount


def step(what, at, *, purge=7, of="usage", before=OLD + DAY, by="沈丽", **facts):
    """The entry of a step of a purge, as it may be forged."""
    record = {"purge": purge, "record_class": of, "before_at": before.isoformat(), "by": by, **facts}
    return log.LogEntry(f"audit.purge_{what}", at, record)


def purge(at, *, asked_at=None, agreed_at=None, by=("沈丽", "周强"), **facts):
    """The entries of a whole purge: request, approval, and that it was done."""
    asker, other = by
    done = {"removed": 900, "attachments": 0, "requested_by": asker, "approved_by": other, "certificate": "ab" * 32}
    return [
        step("requested", asked_at or at, by=asker, **facts),
        step("approved", agreed_at or at, by=other, requested_by=asker, **facts),
        step("done", at, **{**facts, **done}),
    ]


def test_a_purge_that_two_officers_agreed_to_covers_what_it_took(db, enter, found):
    enter(usage(1, at=OLD), usage(2, at=OLD))
    enter(*purge(NOW))
    assert execute(db, "delete from audit.entry where class = 'usage'") == 2
    assert found() == []


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize(
    ("entries", "named"),
    [
        (purge(NOW)[2:], {("records.jsonl: entry 3", UNAGREED)}),
        (purge(NOW)[:3:2], {("records.jsonl: entry 4", UNAGREED)}),
        (purge(NOW)[1:], {("records.jsonl: entry 4", UNAGREED)}),
        (purge(NOW, by=("沈丽", "沈丽")), {("records.jsonl: entry 5", UNAGREED)}),
        ([*purge(NOW)[:2], purge(NOW, by=("沈丽", "吴敏"))[2]], {("records.jsonl: entry 5", UNAGREED)}),
        ([*purge(NOW, purge=8)[:2], purge(NOW)[2]], {("records.jsonl: entry 5", UNAGREED)}),
        ([*purge(NOW, of="operation")[:2], purge(NOW)[2]], {("records.jsonl: entry 5", UNAGREED)}),
        ([*purge(NOW, before=OLD)[:2], purge(NOW)[2]], {("records.jsonl: entry 5", UNAGREED)}),
        ([purge(NOW)[2], *purge(NOW)[:2]], {("records.jsonl: entry 3", UNAGREED)}),
        ([purge(NOW)[1], purge(NOW)[0], purge(NOW)[2]], {("records.jsonl: entry 5", UNAGREED)}),
    ],
)
def test_a_purge_that_no_two_officers_agreed_to_covers_nothing(db, enter, found, entries, named):
    enter(usage(1, at=OLD), usage(2, at=OLD), usage(3, at=OLD))
    enter(*entries)
    execute(db, "delete from audit.entry where class = 'usage'")
    missing = {(f"records.jsonl: entry {seq}", UNPURGED) for seq in range(3)}
    assert {*found()} == missing | named


@pytest.mark.clause("SX-10-c")
@pytest.mark.parametrize("years", [2, 6, 40])
def test_no_purge_of_a_day_that_has_not_come_covers_anything(db, enter, forge, found, years):
    enter(usage(1), usage(2), log.LogEntry("auth.logout", NOW, {"officer": "x", "unit": "o"}, "o"))
    forge(*purge(NOW + years * 366 * DAY, before=NOW + DAY), signed_at=NOW + HOUR)
    execute(db, "delete from audit.entry where class = 'usage'")
    faults = found(now=NOW + HOUR)
    assert {(f"records.jsonl: entry {seq}", TOO_SOON) for seq in (0, 1)} <= {*faults}
    assert {(f"entry {seq}", FUTURE) for seq in (3, 4, 5)} <= {*faults}


@pytest.mark.clause("SX-10-c")
def test_what_is_younger_than_its_years_by_the_clock_of_who_verifies_may_not_be_gone(db, enter, found):
    later = NOW + 6 * 366 * DAY
    enter(usage(1), usage(2))
    enter(*purge(later, before=NOW + DAY), signed_at=later)  # the platform's clock was set forward
    execute(db, "delete from audit.entry where class = 'usage'")
    faults = found(now=NOW + HOUR)
    assert {(f"records.jsonl: entry {seq}", TOO_SOON) for seq in (0, 1)} < {*faults}
    assert ("checkpoints.jsonl: 5", FUTURE) in faults
    assert found(now=later) == []  # and then it may


@pytest.mark.clause("SX-10-b")
def test_agreement_that_is_set_down_as_if_it_had_been_long_ago_is_told(db, enter, found):
    enter(usage(1, at=OLD))
    enter(usage(2))
    enter(*purge(NOW + DAY, asked_at=OLD, agreed_at=NOW - 30 * DAY))
    execute(db, "delete from audit.entry where record like '%%p-1%%'")
    assert found(now=NOW + DAY) == [("entry 2", OUT_OF_TIME), ("entry 3", OUT_OF_TIME)]


def sign_anew(db, signer, *, now, without):
    """Let the platform sign its history anew, but for the entries of `without`: its own key, its own worker."""
    with db.transaction() as cur:
        kept = "select entry_id, data from audit.leaf where entry_id not in (select id from audit.entry where {})"
        cur.execute(f"insert into audit.pending_leaf {kept.format(without)}")
        cur.execute(f"delete from audit.entry where {without}")
        cur.execute("truncate audit.leaf, audit.tree_hash, audit.checkpoint")
    while tree.integrate(db, now=now, signer=signer, limit=5):
        pass


@pytest.fixture
def lived(db, enter):
    """A log of twelve days, signed every hour of which something happened."""
    for day in range(12):
        at = NOW + day * DAY
        enter(usage(day, at=at), log.LogEntry("plane.grants_read", at, {"by": "s", "unit": "o", "grants": 1}, "o"))
    return NOW + 11 * DAY


def test_a_history_that_is_signed_anew_after_days_is_told_by_its_moments(db, signer, found, lived):
    assert found(now=lived) == []
    sign_anew(db, signer, now=lived + HOUR, without="event = 'plane.grants_read'")
    assert {what for _, what in found(now=lived + HOUR)} == {LATE}


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("without", ["event = 'plane.grants_read'", "record like '%%p-3%%'"])
def test_a_history_that_is_signed_anew_does_not_continue_what_was_kept(
    db, signer, found, tmp_path, lived, without, whole
):
    export.export(db, tmp_path / "kept", now=lived, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    kept = tmp_path / "kept" if whole else tmp_path / "kept" / "checkpoint"
    assert found(now=lived, after=[kept]) == []  # the export was entered, and is not placed yet
    with db.transaction() as cur:
        log.append(cur, [usage(n, at=lived) for n in range(40)])
    tree.integrate(db, now=lived, signer=signer)
    assert found(now=lived, after=[kept]) == []
    sign_anew(db, signer, now=lived, without=without)
    assert (str(kept), REWRITTEN) in found(now=lived, after=[kept])


def test_a_log_that_was_rolled_back_is_shorter_than_what_was_kept(db, signer, found, enter, tmp_path):
    enter(usage(1))
    enter(usage(2), usage(3))
    export.export(db, tmp_path / "kept", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    for table, column in (("checkpoint", "size >"), ("leaf", "seq >=")):
        execute(db, f"delete from audit.{table} where {column} 1")
    assert {where for where, _ in found()} == {f"records.jsonl: entry {seq}" for seq in (1, 2)}  # left behind
    unplaced = "id not in (select entry_id from audit.leaf union select entry_id from audit.pending_leaf)"
    execute(db, f"delete from audit.entry where {unplaced}")
    assert found() == []
    assert found(after=[tmp_path / "kept"]) == [(str(tmp_path / "kept"), "is longer than this log: it was rolled back")]


def test_a_checkpoint_of_another_log_or_none_at_all_is_not_continued(found, enter, signer, tmp_path):
    enter(usage(1))
    other = signed_note.LogSigner.from_seed("log.other.example", bytes(32))
    (tmp_path / "note").write_text(other.sign(signed_note.Checkpoint("log.other.example", 1, bytes(32)).text()))
    (tmp_path / "text").write_text("nothing")
    (tmp_path / "empty").mkdir()
    for name in ("note", "text", "empty"):
        assert [where.partition(str(tmp_path / name))[1] for where, _ in found(after=[tmp_path / name])] == [
            str(tmp_path / name)
        ]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("which", ["size = 2", "size in (4, 6)", "size < 7"])
def test_no_checkpoint_can_be_left_out(db, found, enter, which):
    for number in range(4):
        enter(usage(number), usage(number))
    assert found() == []
    execute(db, f"delete from audit.checkpoint where {which}")
    assert [what for _, what in found()] == [BROKEN]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"at": "2026-11-23T02:59:59.000000Z"}, "was signed at an earlier moment than the checkpoint before it"),
        ({"at": "2026-11-23T03:05:00.000000Z"}, FUTURE),
        ({"at": None}, "does not say when it was signed"),
        ({"after": 1}, BROKEN),
        ({"after": None}, BROKEN),
        ({"root": bytes(32)}, "the entries do not make the root that was signed"),
    ],
)
def test_who_has_the_key_signs_no_other_checkpoint_in_between(db, signer, found, enter, change, what):
    for number in range(3):
        enter(usage(number), usage(number))
    with db.transaction() as cur:
        note = checkpoint.of_size(cur, size=4).note
    head = signed_note.Checkpoint.parse(signer.public.open(note))
    facts = {name: getattr(head, name) for name in ("origin", "size", "root", "at", "after")}
    other = signer.sign(signed_note.Checkpoint(**{**facts, **change}).text())
    execute(db, "update audit.checkpoint set note = %s where size = 4", other)
    assert ("checkpoints.jsonl: 4", what) in found()


@pytest.mark.parametrize("change", ["replace(note, 'at 2026', 'at 2025')", "replace(note, 'after 2', 'after 1')"])
def test_nobody_without_the_key_says_another_moment_of_a_checkpoint(db, found, enter, change):
    for number in range(3):
        enter(usage(number), usage(number))
    assert execute(db, f"update audit.checkpoint set note = {change} where size = 4") == 1
    faults = found()
    assert faults[0][0] == "checkpoints.jsonl: line 2"
    assert ("checkpoints.jsonl: 6", BROKEN) in faults


@pytest.mark.clause("SX-10-b")
def test_an_entry_lies_between_its_checkpoints_within_the_longest_transaction(db, found, enter, forge):
    later = NOW + 5 * HOUR
    enter(usage(1))
    enter(usage(2, at=later))
    enter(usage(3, at=later - 59 * HOUR / 60), signed_at=later + HOUR)  # a long transaction
    assert found(now=later + HOUR) == []
    enter(usage(4, at=later + HOUR - 61 * HOUR / 60), signed_at=later + 2 * HOUR)
    assert found(now=later + 2 * HOUR) == [("entry 4", OUT_OF_TIME)]  # entry 3 is of the export before
    enter(usage(5, at=later + 3 * HOUR))
    execute(db, "delete from audit.pending_leaf")  # the entry of the export, which is older
    assert found(now=later + 4 * HOUR) == [("entry 4", OUT_OF_TIME)]
    enter(usage(6, at=later + 4 * HOUR))
    forge(usage(7, at=later + 5 * HOUR), signed_at=later + 4 * HOUR)
    assert found(now=later + 6 * HOUR)[-1] == ("entry 9", OUT_OF_TIME)


def test_a_backlog_that_is_placed_in_parts_is_no_fault(db, signer, found, enter):
    enter(usage(1))
    with db.transaction() as cur:
        log.append(cur, [usage(n, at=NOW + n * HOUR / 60) for n in range(200)])
    back = NOW + 2 * DAY
    while tree.integrate(db, now=back, signer=signer, limit=40):
        pass
    enter(usage(201, at=back))
    assert found(now=back) == []
    enter(usage(202, at=NOW + HOUR), signed_at=back)
    assert found(now=back) == [("entry 203", OUT_OF_TIME)]


def test_the_moments_of_checkpoints_never_fall_where_the_clock_does(db, signer, found, enter):
    enter(usage(1))
    enter(usage(2, at=NOW - HOUR / 2))
    with db.transaction() as cur:
        assert checkpoint.latest(cur).at == NOW
    assert found() == []


def test_a_log_on_a_training_clock_says_so_and_is_not_held_against_the_clock(db, signer, found, enter, tmp_path):
    training.declare(db, now=NOW)
    enter(usage(1, at=NOW))
    enter(usage(2, at=NOW + 30 * DAY))
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    report = verify.verify(tmp_path / "log", now=NOW - 90 * DAY, vkey=signer.verifier)
    assert (report.faults, report.training) == ((), True)
    told = CliRunner().invoke(cli.app, ["audit", "verify", str(tmp_path / "log")])
    assert told.exit_code == 0
    assert told.output.splitlines()[0].startswith("! 本日志以训练时钟记录")


@pytest.mark.clause("SX-10-b")
def test_a_training_clock_that_is_not_the_first_entry_excuses_nothing(db, found, enter):
    enter(usage(1))
    training.declare(db, now=NOW)
    enter(usage(2, at=NOW + 30 * DAY))
    assert ("entry 2", FUTURE) in found(now=NOW + DAY)


CHANGES = {
    "at": "at + interval '1 microsecond'", "event": "'plane.queried'", "class": "'operation'", "unit": f"'{PROVIDER}'",
    "counterpart": "null", "latency_us": "latency_us + 1", "grant": "'G-9'", "result": "'REPLAYED'",
    **{name: "null" for name in FIELDS if name not in ("grant", "result")},
}  # fmt: skip


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(("column", "value"), CHANGES.items())
def test_a_column_by_which_an_entry_is_found_or_summed_cannot_be_changed_unseen(db, found, enter, column, value):
    said = {"department": "户籍科", "system": "s", "grant": "G-7", "resource": "r", "mode": "compare", "latency_us": 5}
    enter(usage(1), usage(2, **said), usage(3))
    assert found() == []
    named = "grant_no" if column == "grant" else column
    execute(db, f"update audit.entry set {named} = {value} where latency_us = 5")
    covered = ["records.jsonl: entry 3"] if column == "at" else []  # a moment that its leaf does not have
    assert [where for where, _ in found()] == ["records.jsonl: entry 1", *covered]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(
    ("change", "seq"),
    [
        ("unit = null, counterpart = unit", 1), ("counterpart = unit, unit = counterpart", 1), ("unit = ''", 1),
        ("unit = null", 1), ("counterpart = ''", 0), ("counterpart = unit", 1), ("result = null", 0),
    ],
)  # fmt: skip
def test_columns_changed_together_are_told_of_every_entry_that_they_say_something_else_of(
    db, found, enter, change, seq
):
    enter(usage(1), log.LogEntry("auth.logout", NOW, {"officer": "x", "unit": CONSUMER}, CONSUMER), usage(2))
    execute(db, f"update audit.entry set {change}")
    assert f"records.jsonl: entry {seq}" in {where for where, _ in found()}


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("change", ["class = 'security'", "at = at + interval '1 day'", "unit = 'x'"])
def test_what_a_further_party_finds_an_entry_by_cannot_be_changed_unseen(db, found, enter, change):
    enter(usage(1), usage(2)._replace(others=("11330782MB0X12340P",)))
    assert found() == []
    assert execute(db, f"update audit.party set {change}") == 1
    assert [where for where, _ in found()] == ["records.jsonl: entry 1"]


COLUMNS = (
    "event, class, unit, counterpart, salt, record, result, department, system, grant_no, resource, mode, latency_us"
)


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("by", ["interval '40 days'", "interval '1 microsecond'"])
def test_a_record_that_somebody_put_beside_one_under_its_number_is_told(db, found, enter, by):
    enter(usage(1), usage(2), usage(3))
    columns = COLUMNS.replace("counterpart", "null")
    said = f"select id, at + {by}, {columns} from audit.entry where record like '%%p-2%%'"
    assert execute(db, f"insert into audit.entry (id, at, {COLUMNS}) {said}") == 1
    assert "records.jsonl: entry 3" in {where for where, _ in found()}


@pytest.mark.clause("SX-10-b")
def test_a_record_that_no_leaf_was_made_for_is_told_and_one_that_waits_is_not(db, found, enter):
    enter(usage(1), usage(2))
    with db.transaction() as cur:
        log.append(cur, [usage(3)])  # waits
    assert found() == []
    said = f"select nextval('audit.entry_id'), at, {COLUMNS} from audit.entry where record like '%%p-1%%'"
    assert execute(db, f"insert into audit.entry (id, at, {COLUMNS}) {said}") == 1
    covered = "is of an entry the checkpoint does not cover"
    assert found() == [("records.jsonl: entry 2", covered)]


def test_the_command_takes_what_was_kept(db, signer, enter, tmp_path):
    enter(usage(1))
    export.export(db, tmp_path / "kept", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    tree.integrate(db, now=NOW, signer=signer)
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    given = ["audit", "verify", str(tmp_path / "log"), "--key", signer.verifier, "--after"]
    told = CliRunner().invoke(cli.app, [*given, str(tmp_path / "kept"), "--after", str(tmp_path / "kept/checkpoint")])
    assert (told.exit_code, "相接" in told.output) == (0, True)
    head = json.loads((tmp_path / "log/checkpoints.jsonl").read_text().splitlines()[-1])
    (tmp_path / "later").write_text(head)
    back = [*given[:2], str(tmp_path / "kept"), *given[3:], str(tmp_path / "later")]
    assert CliRunner().invoke(cli.app, back).exit_code == 1
