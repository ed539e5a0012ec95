"""An export verifies without the platform, and whatever was changed in it is found and named."""

import ast
import contextlib
import inspect
import json
import shutil
import stat
from datetime import UTC, datetime

import pytest
from remembering import CONSUMER, NOW, PROVIDER, usage, write
from typer.testing import CliRunner

from databases import fresh_database
from hutong import cli
from hutong.audit import (
    checkpoint,
    clock_corrections,
    export,
    exported_epochs,
    exported_keys,
    faults,
    lines,
    log,
    retention,
    succession,
    tree,
    verify,
)
from hutong.audit import purged as purges_told
from hutong.audit.events import EVENTS, RecordClass
from hutong.audit.leaves import leaf
from hutong.core import canonical, merkle, signed_note, tiles
from hutong.core.leaves import commit, moment
from hutong.core.lifecycle import Seat
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database

AUDITS = frozenset({Seat("auditor", "unit")})

FIRST = "tile/entries/000"
OTHER_THAN_COMMITTED = "is not the record its leaf was made for, or has other parties"
LAST = "tile/entries/001.p/44"


@pytest.fixture(scope="module")
def made(server, template, tmp_path_factory):
    """A log of 300 entries in a folder, for each test to have a copy of."""
    folder = tmp_path_factory.mktemp("made") / "log"
    signer = LogSigner.from_seed("log.county.example", bytes(range(32)))
    with fresh_database(server, template=template) as url, contextlib.closing(Database(url, role="owner")) as db:
        write(db, 300, signer=signer)
        export.export(db, folder, now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    return folder


@pytest.fixture
def exported(made, tmp_path):
    """The exported log, to be changed."""
    return shutil.copytree(made, tmp_path / "log", symlinks=True)


def _faults(folder, signer):
    report = verify.verify(folder, now=NOW, vkey=signer.verifier)
    return [(fault.where, fault.words(language="en")) for fault in report.faults]


def _entries(folder, path, *, width):
    return tiles.decode_bundle((folder / path).read_bytes(), width=width)


def test_an_untouched_export_is_sound(db, fill, signer, tmp_path):
    fill(300)
    exported = tmp_path / "log"
    export.export(db, exported, now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)

    report = verify.verify(exported, now=NOW, vkey=signer.verifier)
    assert report.faults == ()
    assert report.sound
    assert (report.origin, report.size, report.entries, report.records) == (signer.name, 300, 300, 300)
    assert verify.verify(exported, now=NOW) == report
    files = sorted(file.relative_to(exported).as_posix() for file in exported.rglob("*") if file.is_file())
    said = ["checkpoint", "checkpoints.jsonl", "log.vkey", "records.jsonl"]
    assert files == sorted([*said, FIRST, LAST, "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"])
    with db.transaction() as cur:
        ((record,),) = cur.execute("select record from audit.entry where event = 'audit.exported'")
    assert json.loads(record)["records"] == 300


def test_an_export_is_read_by_who_exported_alone_and_its_records_also_where_they_are_moved_to(made):
    assert (stat.S_IMODE(made.stat().st_mode), stat.S_IMODE((made / lines.FILE).stat().st_mode)) == (0o700, 0o600)


def test_refuses_a_folder_in_use_and_an_empty_log(db, fill, signer, tmp_path):
    with pytest.raises(checkpoint.LogEmpty):
        export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    assert list(tmp_path.iterdir()) == []
    fill(1)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(export.FolderNotEmpty):
        export.export(db, tmp_path, now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_if_the_export_cannot_be_entered_there_is_none(db, fill, signer, tmp_path):
    fill(1)
    with db.transaction() as cur:
        cur.execute("alter table audit.pending_leaf add constraint full_disk check (entry_id < 0) not valid")
    with pytest.raises(Exception, match="full_disk"):
        export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    assert list(tmp_path.iterdir()) == []


def test_finds_a_flipped_entry(exported, signer):
    entries = _entries(exported, FIRST, width=256)
    entries[17] = entries[17].replace(b"plane.compared", b"plane.queriedd")
    (exported / FIRST).write_bytes(tiles.encode_bundle(entries))
    assert _faults(exported, signer)[0] == (f"{FIRST}: entry 17", "is not the entry its tile was made of")


def test_finds_reordered_entries(exported, signer):
    entries = _entries(exported, FIRST, width=256)
    entries[3], entries[4] = entries[4], entries[3]
    (exported / FIRST).write_bytes(tiles.encode_bundle(entries))
    wheres = [where for where, what in _faults(exported, signer) if "tile was made" in what]
    assert wheres == [f"{FIRST}: entry 3", f"{FIRST}: entry 4"]


@pytest.mark.parametrize("count", [43, 45])
def test_finds_an_entry_removed_or_inserted(exported, signer, count):
    entries = _entries(exported, LAST, width=44)
    (exported / LAST).write_bytes(tiles.encode_bundle([*entries, entries[0]][:count]))
    assert LAST in [where for where, _ in _faults(exported, signer)]


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", FIRST, LAST])
@pytest.mark.parametrize("cut", [True, False])
def test_finds_a_tile_cut_or_gone(exported, signer, path, cut):
    if cut:
        (exported / path).write_bytes((exported / path).read_bytes()[:-5])
    else:
        (exported / path).unlink()
    assert path in [where for where, _ in _faults(exported, signer)]


def test_finds_a_tree_made_anew_over_changed_entries(exported, signer):
    entries = _entries(exported, LAST, width=44)
    del entries[0]
    entries.append(entries[0])
    (exported / LAST).write_bytes(tiles.encode_bundle(entries))
    (exported / "tile/0/001.p/44").write_bytes(b"".join(map(merkle.leaf_hash, entries)))
    assert ("checkpoint", "the entries do not make the root that was signed") in _faults(exported, signer)


def test_finds_a_checkpoint_signed_by_another(exported, signer):
    other = LogSigner.from_seed(signer.name, b"\x07" * 32)
    text = signer.public.open((exported / "checkpoint").read_text())
    (exported / "checkpoint").write_text(other.sign(text))
    (exported / "log.vkey").write_text(other.verifier)
    (exported / "checkpoints.jsonl").write_text(json.dumps(other.sign(text)) + "\n")
    assert verify.verify(exported, now=NOW).sound  # it fits itself: hence the published key
    assert [where for where, _ in _faults(exported, signer)] == ["log.vkey", "checkpoint"]


def test_finds_a_file_beyond_the_checkpoint(exported, signer):
    for path in ("tile/entries/002", "tile/0/letter"):
        (exported / path).write_bytes(b"")
    assert _faults(exported, signer) == [
        ("tile/0/letter", "is no tile"),
        ("tile/entries/002", "lies beyond the checkpoint"),
    ]


def _lines(folder):
    return (folder / "records.jsonl").read_text().splitlines(keepends=True)


def _write_lines(folder, lines):
    (folder / "records.jsonl").write_text("".join(lines))


def test_finds_a_changed_record(exported, signer):
    lines = _lines(exported)
    lines[9] = lines[9].replace("p-9", "p-8")
    _write_lines(exported, lines)
    assert _faults(exported, signer) == [("records.jsonl: entry 9", OTHER_THAN_COMMITTED)]


@pytest.mark.clause("SX-10-c")
def test_finds_a_record_removed_before_its_years_are_over(exported, signer):
    lines = _lines(exported)
    _write_lines(exported, lines[:9] + lines[10:])
    assert _faults(exported, signer) == [("records.jsonl: entry 9", "is missing although its years are not over")]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda lines: [*lines[:5], lines[4], *lines[5:]], "entry 4"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "entry 0"),
        (lambda lines: [*lines, lines[0].replace('"seq":0', '"seq":300')], "entry 300"),
        (lambda lines: [*lines[:5], "{no json\n", *lines[5:]], "line 6"),
    ],
)
def test_finds_lines_of_records_that_do_not_belong(exported, signer, change, named):
    _write_lines(exported, change(_lines(exported)))
    assert f"records.jsonl: {named}" in [where for where, _ in _faults(exported, signer)]


def _purge(db, *, before=datetime(2020, 6, 1, tzinfo=UTC), record_class=RecordClass.USAGE, now=NOW):
    seats = {Seat("operator")}
    number = retention.request(db, record_class=record_class, before=before, by="沈丽", seats=seats, now=now)
    retention.approve(db, purge=number, by="周强", seats=seats, now=now)
    return retention.purge(db, purge=number, by="operator", seats=seats, now=now).removed


OLD = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def purged(db, fill, signer, tmp_path):
    """A log of which five old records were purged, in a folder."""
    fill(5, at=OLD)
    fill(3)
    assert _purge(db) == 5
    assert tree.integrate(db, now=NOW, signer=signer) == 3
    fill(3)
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    return tmp_path / "log"


@pytest.mark.clause("SX-10-c")
def test_what_was_purged_in_time_is_no_fault(purged, signer):
    report = verify.verify(purged, now=NOW, vkey=signer.verifier)
    assert (report.faults, report.records, report.purged) == ((), 9, 5)


@pytest.mark.clause("SX-10-c")
def test_an_old_record_without_a_purge_is_missing(db, fill, signer, tmp_path):
    fill(2, at=OLD)
    fill(1)
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    _write_lines(tmp_path / "log", _lines(tmp_path / "log")[1:])
    missing = "is missing and no purge in the log covers it"
    assert _faults(tmp_path / "log", signer) == [("records.jsonl: entry 0", missing)]


def test_a_purge_covers_only_what_stood_before_it(db, fill, signer, tmp_path):
    fill(1)
    _purge(db)
    tree.integrate(db, now=NOW, signer=signer)
    fill(1, at=OLD)  # set down as if it had been long ago
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    _write_lines(tmp_path / "log", _lines(tmp_path / "log")[:-1])
    assert _faults(tmp_path / "log", signer) == [
        ("entry 4", "is of a moment that does not lie between its checkpoints"),
        ("records.jsonl: entry 4", "is missing and no purge in the log covers it"),
    ]


@pytest.mark.parametrize("change", [lambda line: "", lambda line: line.replace("2020-06-01", "2020-07-01")])
def test_a_purge_whose_record_is_gone_or_changed_covers_nothing(purged, signer, change):
    lines = _lines(purged)
    assert "audit.purge_done" in lines[5]
    _write_lines(purged, [*lines[:5], change(lines[5]), *lines[6:]])
    faults = _faults(purged, signer)
    missing = "is missing and no purge in the log covers it"
    assert [fault for fault in faults if fault[1] == missing] == [
        (f"records.jsonl: entry {seq}", missing) for seq in range(5)
    ]
    assert "records.jsonl: entry 10" in [where for where, _ in faults]


def test_more_may_not_be_missing_than_purges_removed(db, fill, signer, tmp_path):
    fill(5, at=OLD)
    with db.transaction() as cur:
        log.append(cur, [usage(9, at=OLD)])  # not placed yet, so it stays, before the purge in the tree
    assert _purge(db) == 5
    assert tree.integrate(db, now=OLD, signer=signer, limit=1) == 1
    assert tree.integrate(db, now=NOW, signer=signer) == 3
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    assert _faults(tmp_path / "log", signer) == []
    _write_lines(tmp_path / "log", [line for line in _lines(tmp_path / "log") if '"seq":5,' not in line])
    assert _faults(tmp_path / "log", signer) == [
        ("records.jsonl: class usage", "are missing in greater number than purges removed")
    ]


def test_waits_for_the_entry_of_a_purge(db, fill, signer, tmp_path):
    fill(2, at=OLD)
    _purge(db)
    with pytest.raises(export.PurgeNotPlaced):
        export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    assert list(tmp_path.iterdir()) == []
    tree.integrate(db, now=NOW, signer=signer)
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    assert verify.verify(tmp_path / "log", now=NOW, vkey=signer.verifier).purged == 2


def test_a_purge_is_still_told_of_when_its_own_years_are_over(db, fill, signer, tmp_path):
    later = datetime(2040, 1, 1, tzinfo=UTC)
    fill(2, at=OLD)
    _purge(db)
    tree.integrate(db, now=NOW, signer=signer)
    with db.transaction() as cur:
        log.append(cur, [log.LogEntry("auth.logout", NOW, {"officer": "x", "unit": "o"}, "o")])
        log.append(cur, [log.LogEntry("units.unit_started", NOW, {"unit": "o", "by": "x"}, "o")])
    tree.integrate(db, now=NOW, signer=signer)
    before = datetime(2029, 1, 1, tzinfo=UTC)
    assert _purge(db, before=before, record_class=RecordClass.ADMINISTRATION, now=later) == 1
    tree.integrate(db, now=later, signer=signer)
    export.export(db, tmp_path / "log", now=later, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    report = verify.verify(tmp_path / "log", now=later, vkey=signer.verifier)
    assert (report.faults, report.purged) == ((), 3)


def test_missing_records_are_a_fault_unless_they_were_withheld(exported, signer):
    (exported / "records.jsonl").unlink()
    assert _faults(exported, signer) == [("records.jsonl", "is not there")]
    report = verify.verify(exported, now=NOW, vkey=signer.verifier, tree_only=True)
    assert (report.sound, report.entries, report.records) == (True, 300, None)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: '{"record":"forged",' + line[1:],
        lambda line: line.replace(',"record"', ',"note":"x","record"'),
        lambda line: line.replace('"seq":9,', '"seq":"9",'),
        lambda line: line.replace('"seq":9,', '"seq":9 ,'),
        lambda line: line.replace('"seq":9,', '"seq":9.0,'),
        lambda line: line.replace("p-9", "p-\\u0039"),
        lambda line: line.replace('"salt":"', '"salt":"00'),
        lambda line: line.replace('"others":[', '"others":[1,'),
        lambda line: line.replace('"others":[', '"others":["a,b"'),
        lambda line: line.replace('"class":"usage",', '"class":"usage","colour":"red",'),
        lambda line: line.replace('"class":"usage",', ""),
        lambda line: line.replace('"result":"OK"', '"result":null'),
        lambda line: line.replace('"result":"OK"', '"latency_us":"7","result":"OK"'),
        lambda line: line.replace('"unit":"', '"unit":"\\n'),
        lambda line: line.replace('"subjects":"', '"subjects":"00'),
    ],
)
def test_finds_a_line_with_a_second_reading(exported, signer, change):
    lines = _lines(exported)
    assert change(lines[9]) != lines[9]
    _write_lines(exported, [*lines[:9], change(lines[9]), *lines[10:]])
    assert _faults(exported, signer) == [
        ("records.jsonl: line 10", "cannot be read"),
        ("records.jsonl: entry 9", "is missing although its years are not over"),
    ]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("about", [[b"b" * 16], [b"a" * 16, b"b" * 16, b"c" * 16], [b"b" * 16, b"a" * 16], []])
def test_finds_subjects_that_were_stripped_changed_or_added(db, signer, tmp_path, about):
    with db.transaction() as cur:
        log.append(cur, [usage(about=[b"b" * 16, b"a" * 16]), usage()])
        log.append(cur, [usage(about=[b"a" * 16])._replace(others=("11330782MB0X12340P",))])
    tree.integrate(db, now=NOW, signer=signer)
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    assert _faults(tmp_path / "log", signer) == []
    first, second, third = map(json.loads, _lines(tmp_path / "log"))
    assert third["others"] == ["11330782MB0X12340P"]
    for line, where in ((first, 0), (second, 1)):
        if where and not about:
            continue
        changed = [{**each, "subjects": b"".join(about).hex()} if each is line else each for each in (first, second)]
        _write_lines(tmp_path / "log", [canonical.dumps(each).decode() + "\n" for each in (*changed, third)])
        assert _faults(tmp_path / "log", signer) == [
            (f"records.jsonl: entry {where}", "has other subjects than its record names")
        ]


FURTHER = ["11330782MB0X12340P", "11330782MB0X12341M"]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(
    "change",
    [
        {"others": FURTHER[:1]},
        {"others": FURTHER[1:]},
        {"others": [FURTHER[0], "11330782MB0X12342K"]},
        {"others": [*FURTHER, "11330782MB0X12342K"]},
        {"others": [",".join(FURTHER)]},
        {"others": []},
        {"columns": {"counterpart": FURTHER[0]}},
        {"columns": {"counterpart": FURTHER[0]}, "others": [PROVIDER, FURTHER[1]]},
        {"columns": {"counterpart": CONSUMER, "unit": PROVIDER}},
        {"columns": {"counterpart": None}, "others": [*FURTHER, PROVIDER]},
        {"columns": {"counterpart": None}},
        {"columns": {"unit": ""}},
    ],
)
def test_finds_a_change_of_one_party_however_many_there_are(db, signer, tmp_path, change):
    with db.transaction() as cur:
        log.append(cur, [usage(), usage()._replace(others=(*FURTHER[::-1], CONSUMER))])
    tree.integrate(db, now=NOW, signer=signer)
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    assert _faults(tmp_path / "log", signer) == []
    first, second = _lines(tmp_path / "log")
    told = json.loads(second)
    beside = {**told["columns"], **change.get("columns", {})}
    changed = {**told, **change, "columns": {name: each for name, each in beside.items() if each is not None}}
    _write_lines(tmp_path / "log", [first, canonical.dumps(changed).decode() + "\n"])
    places = {where for where, _ in _faults(tmp_path / "log", signer)}
    assert places & {"records.jsonl: entry 1"}
    assert places <= {"records.jsonl: entry 1", "records.jsonl: line 2"}


@pytest.mark.parametrize("record", [b'{"a":"forged","a":"real"}', b'{"b":1, "a":2}', b"[]"])
def test_finds_a_record_that_could_be_read_in_two_ways(tmp_path, signer, record):
    salt, event = bytes(16), EVENTS["auth.logout"]
    beside = {"at": moment(NOW), "event": event.name, "class": str(event.record_class)}
    made = commit(salt, record, at=moment(NOW), event=event.name, record_class=event.record_class, unit=None)
    data = leaf(event, at=NOW, commitment=made)
    root = merkle.leaf_hash(data)
    note = signer.sign(signed_note.Checkpoint(signer.name, 1, root, moment(NOW)).text())
    line = {"columns": beside, "others": [], "seq": 0, "subjects": ""}
    files = {
        "checkpoint": note.encode(),
        "checkpoints.jsonl": json.dumps(note).encode(),
        "log.vkey": signer.verifier.encode(),
        "tile/0/000.p/1": root,
        "tile/entries/000.p/1": tiles.encode_bundle([data]),
        "records.jsonl": canonical.dumps({**line, "record": record.decode(), "salt": salt.hex()}) + b"\n",
    }
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert _faults(tmp_path, signer) == [("records.jsonl: entry 0", "is not canonical")]
    with pytest.raises(verify.RecordNotCommitted):
        verify.verify_record(
            record.decode(), unit=None, counterpart=None, others=[], salt=salt, leaf=data, index=0, proof=[],
            note=note, vkey=signer.verifier,
        )  # fmt: skip


STRAYS = ["tile/0/000.p/7", "tile/entries/000.p/7", "tile/0/001.p/43", "notes.txt", "more/records.jsonl"]


@pytest.mark.parametrize("path", STRAYS)
def test_finds_a_file_that_does_not_belong(exported, signer, path):
    (exported / path).parent.mkdir(exist_ok=True)
    (exported / path).write_bytes(b"garbage")
    assert _faults(exported, signer) == [(path, "does not belong in an export of this size")]


@pytest.mark.parametrize("path", ["records.jsonl", "tile/0/000", "tile/entries", "checkpoint"])
def test_refuses_symbolic_links(exported, signer, path, tmp_path):
    (exported / path).rename(tmp_path / "elsewhere")
    (exported / path).symlink_to(tmp_path / "elsewhere")
    assert _faults(exported, signer) == [(path, "is a symbolic link or no ordinary file")]


@pytest.mark.parametrize("path", ["records.jsonl", "tile/0/000", FIRST, "checkpoint", "log.vkey"])
def test_finds_a_folder_where_a_file_should_be(exported, signer, path):
    (exported / path).unlink()
    (exported / path).mkdir()
    assert (path, "is not there") in _faults(exported, signer)


def test_refuses_the_checkpoint_of_another_log(exported, signer):
    note = signer.sign(signed_note.Checkpoint("log.other.example", 300, bytes(32)).text())
    nobody = {"unit": None, "counterpart": None, "others": []}
    facts = {**nobody, "salt": bytes(16), "leaf": b"{}", "index": 0, "proof": [], "vkey": signer.verifier}
    with pytest.raises(verify.CheckpointOfAnother):
        verify.verify_record("{}", note=note, **facts)
    (exported / "checkpoint").write_text(note)
    ((where, _),) = _faults(exported, signer)
    assert where == "checkpoint"


def test_the_command_tells_what_is_missing_and_what_was_not_looked_at(exported, signer):
    (exported / "records.jsonl").unlink()
    given = ["audit", "verify", str(exported), "--key", signer.verifier]
    refused = CliRunner().invoke(cli.app, given)
    assert refused.exit_code == 1
    withheld = CliRunner().invoke(cli.app, [*given, "--tree-only"])
    assert withheld.exit_code == 0
    assert "记录未核验" in withheld.output


def test_shows_the_first_hundred_faults_and_counts_them_all(exported, signer):
    _write_lines(exported, [line.replace('"record":"', '"record":" ') for line in _lines(exported)])
    report = verify.verify(exported, now=NOW, vkey=signer.verifier)
    assert (len(report.faults), report.faults_found) == (100, 300)


def test_verifying_needs_neither_database_nor_driver():
    imported = {
        node.module
        for module in (
            verify, exported_epochs, exported_keys, lines, faults, succession, clock_corrections, purges_told,
        )
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("hutong")
    }
    rooms = (
        "", ".clock_corrections", ".events", ".exported_epochs", ".faults", ".lines", ".purged", ".succession",
        ".years",
    )  # fmt: skip
    pure = {f"hutong.audit{each}" for each in rooms}
    assert {name for name in imported if not name.startswith("hutong.core")} == pure


def test_exports_while_entries_are_still_waiting(db, fill, signer, tmp_path):
    fill(2)
    with db.transaction() as cur:
        log.append(cur, [usage(9)])
    export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=AUDITS, vkey=signer.verifier)
    assert verify.verify(tmp_path / "log", now=NOW, vkey=signer.verifier).size == 2
    assert tree.integrate(db, now=NOW, signer=signer) == 2


def test_tells_a_fault_in_both_languages():
    fault = verify.Fault("missing_too_soon", "records.jsonl: entry 9")
    assert fault.say(language="zh") == "records.jsonl: entry 9：记录缺失，而保存期尚未届满"
    assert fault.say(language="en") == "records.jsonl: entry 9: is missing although its years are not over"


def test_nobody_takes_the_log_along_who_neither_audits_nor_runs_the_platform(db, fill, tmp_path, signer):
    fill(3)
    for seats in (frozenset(), frozenset({Seat("consumer", "unit"), Seat("provider_editor", "unit")})):
        with pytest.raises(export.NotEntitledToExport):
            export.export(db, tmp_path / "log", now=NOW, by="吴敏", seats=seats, vkey=signer.verifier)
    assert not (tmp_path / "log").exists()
