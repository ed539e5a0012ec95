"""Attachments of a case: bounded, encrypted, each reading entered, taken away by who added them."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta

import psycopg
import pytest
import specimens
from acting import NOW, credit_code, entries
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from hutong.audit import purges, retention
from hutong.audit.events import RecordClass
from hutong.control.procedures import attachment_bounds as bounds_of
from hutong.control.procedures import attachment_pieces, attachments, models, queries
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.kinds import faults
from hutong.control.recording import record
from hutong.core.digest import CipherRejected
from hutong.core.errors import Problem
from hutong.core.lifecycle import Seat
from hutong.db.database import Database
from hutong.plane.keys import Keyring, KeyUnknown

MIB = 1 << 20
BOUNDS = bounds_of.AttachmentBounds(file_bytes=20 * MIB, case_bytes=100 * MIB, case_files=100)
CASE = CaseReference("sharing", "SX-2026-0001")
OTHER_CASE = CaseReference("sharing", "SX-2026-0002")


@dataclass(frozen=True)
class Officer:
    officer: str
    name: str
    unit: str
    unit_name: str = "示范县民政局"


ZHANG = Officer("zhang", "张伟", credit_code(4))
WANG = Officer("wang", "王敏", credit_code(1))


@pytest.fixture
def keyring(tmp_path):
    return Keyring.create(tmp_path / "keyring.json")


@pytest.fixture
def add(django_db, keyring):
    def adding(content=b"text", *, name="a.txt", to=CASE, by=ZHANG, bounds=BOUNDS):
        source = [content] if isinstance(content, bytes) else content
        return attachments.add(
            to, name=name, source=source, by=by, record_class=RecordClass.ADMINISTRATION, bounds=bounds,
            keyring=keyring, now=NOW,
        )  # fmt: skip

    return adding


@pytest.fixture
def read(django_db, keyring):
    def reading(attachment, *, of=CASE, by=WANG):
        return attachments.read(of, attachment, by=by, keyring=keyring, now=NOW)

    return reading


def as_owner(url, statement, *values):
    """Run a statement as somebody who has the whole database in hand."""
    return as_role("owner", url, statement, *values)


def as_role(role, url, statement, *values):
    """Run a statement as a role of `db.rights`; returns its rows."""
    with psycopg.connect(url, options=f"-c role=hutong_{role}") as opened:
        cursor = opened.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def logged(url, event):
    """Return the records of an event, as JSON."""
    rows = as_owner(url, "select record::jsonb, unit, counterpart from audit.entry where event = %s order by id", event)
    return [(record, unit, counterpart) for record, unit, counterpart in rows]


@pytest.mark.parametrize("name", specimens.GOOD)
def test_what_is_read_is_what_was_added(name, add, read):
    added = add(specimens.GOOD[name], name=name)
    opened = read(added.id)

    assert opened.content == specimens.GOOD[name]
    assert opened.about == added == attachments.listed(CASE)[0]
    assert (added.name, added.size, added.added_by_name) == (name, len(opened.content), "张伟")


@settings(max_examples=examples(30))
@given(
    text=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=50),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    repeated=st.sampled_from([1, 1, 1, MIB // 16]),
    chunk=st.integers(1, 300),
)
def test_any_text_comes_back_as_it_was(text, encoding, repeated, chunk, add, read):
    content = text.encode(encoding) * repeated
    chunk = chunk * repeated
    added = add(content[at : at + chunk] for at in range(0, len(content), chunk))

    assert read(added.id).content == content


@pytest.mark.parametrize("size", [1, MIB - 1, MIB, MIB + 1, 20 * MIB])
def test_a_file_comes_back_whole_whatever_its_size(size, add, read):
    content = (b"0123456789abcde\n" * (size // 16 + 1))[:size]

    assert read(add(content).id).content == content


def test_entries_tell_what_was_added_read_and_taken_away_but_not_its_name(add, read, django_db):
    added = add(specimens.pdf(), name="张三的身份证.pdf")
    read(added.id)
    attachments.remove(CASE, added.id, by=ZHANG, editable=True, now=NOW)

    said = {
        "lifecycle": "sharing", "case": CASE.case, "attachment": added.id, "kind": "pdf",
        "size": added.size, "digest": added.sha256,
    }  # fmt: skip
    assert logged(django_db, "procedures.attachment_added") == [({**said, "by": "zhang"}, ZHANG.unit, None)]
    assert logged(django_db, "procedures.attachment_read") == [({**said, "by": "wang"}, WANG.unit, ZHANG.unit)]
    assert logged(django_db, "procedures.attachment_removed") == [({**said, "by": "zhang"}, ZHANG.unit, None)]


def test_what_was_added_and_taken_away_stands_with_the_case_without_its_name(add):
    added = add(specimens.pdf(), name="张三的身份证.pdf")
    attachments.remove(CASE, added.id, by=ZHANG, editable=True, now=NOW)
    done = queries.handlings(CASE.lifecycle, CASE.case)
    assert [(row.kind, row.by, str(row.attachment)) for row in done] == [
        ("attach", "zhang", added.id), ("detach", "zhang", added.id),
    ]  # fmt: skip
    assert [row.words for row in done] == [f"PDF · {-(-added.size // 1024)} KiB"] * 2


@pytest.mark.parametrize("kind", ["step", "hand"])
def test_what_a_step_or_a_hand_came_after_stays_and_what_was_added_since_does_not(add, kind):
    settled = add(b"settled", name="before.txt")
    assert not settled.settled
    act = {"lifecycle": CASE.lifecycle, "case": CASE.case, "at": NOW, "by": "wang", "by_name": "王敏",
           "by_unit_name": "x", "action": "lodge"}  # fmt: skip
    if kind == "step":
        models.Step.objects.create(**act, from_state="A", to_state="B", by_unit=WANG.unit, role="consumer", clause="S")
    else:
        models.HandGiven.objects.create(**act, state="A", hand="draft", agrees=True)
    since = add(b"since")
    assert {each.name: each.settled for each in attachments.listed(CASE)} == {"before.txt": True, "a.txt": False}
    with pytest.raises(bounds_of.AttachmentsClosed):
        attachments.remove(CASE, settled.id, by=ZHANG, editable=True, now=NOW)
    attachments.remove(CASE, since.id, by=ZHANG, editable=True, now=NOW)
    assert [each.name for each in attachments.listed(CASE)] == [settled.name]


def test_without_its_entry_nothing_happens(add, read, django_db, log_down):
    added = add(b"kept")
    log_down(django_db)

    for act in (
        lambda: add(b"another"),
        lambda: read(added.id),
        lambda: attachments.remove(CASE, added.id, by=ZHANG, editable=True, now=NOW),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append"):
            act()
    assert attachments.listed(CASE) == [added]
    assert as_owner(django_db, "select count(*) from procedures_attachmentpiece") == [(1,)]


REFUSED = {
    "a program called a PDF": ("合同.pdf", specimens.EXE, faults.AttachmentNotItsKind),
    "a PDF that is an archive": ("a.pdf", specimens.pdf() + specimens.docx(), faults.AttachmentPolyglot),
    "a document with a macro": ("a.docx", specimens.docx({"word/vbaProject.bin": b"\0"}), faults.AttachmentActive),
    "a path": ("../../a.pdf", specimens.pdf(), faults.AttachmentNameUnusable),
    "a name with NUL": ("a\0.pdf", specimens.pdf(), faults.AttachmentNameUnusable),
    "a name that turns round": ("a\u202efdp.exe.pdf", specimens.pdf(), faults.AttachmentNameUnusable),
    "nothing": ("a.txt", b"", bounds_of.AttachmentEmpty),
}


@pytest.mark.parametrize("what", REFUSED)
def test_of_a_refused_file_nothing_is_kept(what, add, django_db):
    name, content, fault = REFUSED[what]

    with pytest.raises(fault):
        add(content, name=name)
    assert attachments.amount(CASE) == bounds_of.Amount(0, 0)
    assert entries(django_db, "procedures.attachment_added") == 0


@pytest.mark.parametrize("chunk", [1024, 64 * 1024, 4 * MIB])
def test_of_200_mib_no_more_is_read_than_the_chunk_that_is_too_much(chunk, add):
    consumed = 0

    def stream():
        nonlocal consumed
        for _ in range(200 * MIB // chunk):
            consumed += chunk
            yield b"a" * chunk

    with pytest.raises(bounds_of.AttachmentTooLarge):
        add(stream())
    assert consumed == 20 * MIB + chunk


def test_a_name_that_is_refused_is_refused_before_a_byte_is_read(add):
    def stream():
        pytest.fail("it was read")
        yield b""

    with pytest.raises(faults.AttachmentKindRefused):
        add(stream(), name="a.pdf.exe")


def test_the_thousand_and_first_file_is_refused(add, django_db):
    bounds = replace(BOUNDS, case_files=1000)
    first = add(b"1", bounds=bounds)
    columns = "lifecycle, record_class, name, kind, size, sha256, key_id, added_at, added_by, added_by_name"
    columns += ", added_by_unit, acts_before"
    as_owner(
        django_db,
        f"insert into procedures_attachment (id, \"case\", {columns})"
        f" select gen_random_uuid(), c, {columns} from procedures_attachment,"
        " lateral (select %s as c from generate_series(1, 998) union all select %s) cases",
        CASE.case,
        OTHER_CASE.case,
    )

    add(b"1000", bounds=bounds)
    with pytest.raises(bounds_of.CaseFilesSpent):
        add(b"1001", bounds=bounds)
    assert (len(attachments.listed(CASE)), attachments.listed(CASE)[0].sha256) == (1000, first.sha256)
    add(b"another case's", to=OTHER_CASE, bounds=bounds)


@settings(max_examples=examples(25))
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(1, 40)), max_size=15))
def test_a_case_never_has_more_than_its_bounds_and_takes_all_that_fits(steps, add):
    bounds = bounds_of.AttachmentBounds(file_bytes=30, case_bytes=100, case_files=5)
    to = CaseReference("sharing", str(uuid.uuid4()))  # a case of its own for each example
    kept: list[tuple[str, int]] = []
    for adding, size in steps:
        if not adding and kept:
            attachment, _ = kept.pop()
            attachments.remove(to, attachment, by=ZHANG, editable=True, now=NOW)
            continue
        fits = size <= 30 and len(kept) < 5 and sum(size for _, size in kept) + size <= 100
        try:
            kept.append((add(b"a" * size, to=to, bounds=bounds).id, size))
        except Problem:
            assert not fits
        else:
            assert fits
        assert attachments.amount(to) == bounds_of.Amount(len(kept), sum(size for _, size in kept))


def test_a_case_is_filled_to_the_byte_and_no_further(add):
    bounds = bounds_of.AttachmentBounds(file_bytes=60, case_bytes=100, case_files=9)
    add(b"a" * 60, bounds=bounds)

    with pytest.raises(bounds_of.CaseTooLarge):
        add(b"b" * 41, bounds=bounds)
    add(b"b" * 40, bounds=bounds)
    assert attachments.amount(CASE) == bounds_of.Amount(2, 100)


def test_of_two_that_come_at_once_only_what_fits_is_taken(add):
    bounds = bounds_of.AttachmentBounds(file_bytes=80, case_bytes=100, case_files=100)

    def second():
        try:
            add(b"b" * 60, bounds=bounds)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            add(b"a" * 60, bounds=bounds)
            coming = other.submit(second)
            time.sleep(0.5)
            assert not coming.done()
        with pytest.raises(bounds_of.CaseTooLarge):
            coming.result(timeout=30)
    assert attachments.amount(CASE) == bounds_of.Amount(1, 60)


def test_another_case_does_not_wait(add):
    def elsewhere():
        try:
            return add(b"b", to=OTHER_CASE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        add(b"a")
        assert other.submit(elsewhere).result(timeout=10).size == 1


def test_nothing_of_what_a_file_says_stands_in_the_database(add, django_db):
    secret = "张三因病致贫，申请临时救助".encode()
    add(secret * 10)

    ((piece,),) = as_owner(django_db, "select sealed from procedures_attachmentpiece")
    assert len(piece) == len(secret) * 10 + 28
    assert not any(secret[at : at + 4] in piece for at in range(len(secret) - 4))
    assert "张三" not in str(as_owner(django_db, "select a from procedures_attachment a"))


def test_two_files_with_the_same_content_are_encrypted_to_different_bytes(add, django_db):
    add(b"the same"), add(b"the same")

    assert as_owner(django_db, "select count(distinct sealed) from procedures_attachmentpiece") == [(2,)]


CHANGES = {
    "pieces of two files change places": """
        update procedures_attachmentpiece p set sealed = o.sealed from procedures_attachmentpiece o
        where o.id <> p.id and o.number = p.number""",
    "pieces of one file change places": """
        update procedures_attachmentpiece p set sealed = o.sealed from procedures_attachmentpiece o
        where o.attachment_id = p.attachment_id and o.number = 1 - p.number""",
    "the last piece is gone": "delete from procedures_attachmentpiece where number = 1",
    "the first piece is there twice": """
        insert into procedures_attachmentpiece (attachment_id, number, sealed)
        select attachment_id, 2, sealed from procedures_attachmentpiece where number = 0""",
    "a bit is another": "update procedures_attachmentpiece set sealed = set_bit(sealed, 200, 1 - get_bit(sealed, 200))",
    "it has another name": "update procedures_attachment set name = 'b.txt'",
    "it has another size": "update procedures_attachment set size = size - 1",
    "it has another digest": f"update procedures_attachment set sha256 = '{'0' * 64}'",
    "it belongs to another case": f"""update procedures_attachment set "case" = '{OTHER_CASE.case}'""",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_behind_the_keys_back_is_not_read(change, add, read, django_db):
    added = [add(letter * (MIB + 5)) for letter in (b"a", b"b")]
    as_owner(django_db, CHANGES[change])
    of = OTHER_CASE if "case" in change else CASE

    for each in added:
        with pytest.raises(CipherRejected):
            read(each.id, of=of)
    assert entries(django_db, "procedures.attachment_read") == 0


def test_another_key_file_opens_nothing(add, tmp_path, django_db):
    added = add(b"text")
    other = Keyring.create(tmp_path / "other.json")

    with pytest.raises(KeyUnknown):
        attachments.read(CASE, added.id, by=WANG, keyring=other, now=NOW)


def test_what_was_added_under_an_earlier_root_is_read_after_the_renewal(add, keyring, tmp_path):
    added = add(b"text")
    renewed = keyring.renew(tmp_path / "keyring.json")

    assert attachments.read(CASE, added.id, by=WANG, keyring=renewed, now=NOW).content == b"text"


def test_the_key_is_for_attachments_alone(keyring):
    assert attachment_pieces.key_of(keyring) not in {keyring.platform("secret"), keyring.resource("x").cipher}


@pytest.mark.parametrize("attachment", ["", "1", "nothing", "00000000-0000-4000-8000-000000000000"])
def test_what_is_not_there_is_not_found(attachment, read):
    with pytest.raises(bounds_of.NoSuchAttachment):
        read(attachment)


def test_an_attachment_of_another_case_is_not_found(add, read, django_db):
    added = add(b"text")

    for case in (OTHER_CASE, CaseReference("catalog", CASE.case)):
        with pytest.raises(bounds_of.NoSuchAttachment):
            read(added.id, of=case)
        with pytest.raises(bounds_of.NoSuchAttachment):
            attachments.remove(case, added.id, by=ZHANG, editable=True, now=NOW)
    assert entries(django_db, "procedures.attachment_read") == 0
    assert attachments.listed(CASE) == [added]


def test_who_added_it_takes_it_away_with_all_that_was_kept(add, django_db):
    kept, gone = add(b"kept"), add(b"gone")
    attachments.remove(CASE, gone.id, by=ZHANG, editable=True, now=NOW)

    assert attachments.listed(CASE) == [kept]
    assert as_owner(django_db, "select count(*) from procedures_attachmentpiece") == [(1,)]


def test_nobody_else_takes_it_away_and_nobody_once_the_case_has_gone_on(add, django_db):
    added = add(b"text")

    with pytest.raises(bounds_of.AttachmentNotYours):
        attachments.remove(CASE, added.id, by=WANG, editable=True, now=NOW)
    with pytest.raises(bounds_of.AttachmentsClosed):
        attachments.remove(CASE, added.id, by=ZHANG, editable=False, now=NOW)
    assert attachments.listed(CASE) == [added]
    assert entries(django_db, "procedures.attachment_removed") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "delete from procedures_attachment",
        "delete from procedures_attachmentpiece",
        "update procedures_attachment set name = name",
        "update procedures_attachmentpiece set sealed = sealed",
        "truncate procedures_attachmentpiece",
    ],
)
def test_the_pages_role_can_neither_change_nor_delete_what_was_added(statement, add, django_db):
    add(b"text")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_role("control", django_db, statement)


def test_nothing_is_taken_away_whose_removal_is_not_entered(add, django_db):
    added, another = add(b"text"), add(b"another")
    ((entry,),) = as_owner(django_db, "select min(id) from audit.entry where event = 'procedures.attachment_added'")
    attachments.remove(CASE, another.id, by=ZHANG, editable=True, now=NOW)
    ((removed,),) = as_owner(django_db, "select id from audit.entry where event = 'procedures.attachment_removed'")

    for number in (entry, removed, 0):
        with pytest.raises(psycopg.errors.RaiseException):
            as_role("control", django_db, "select remove_attachment(%s, 'zhang', %s)", added.id, number)
    assert attachments.listed(CASE) == [added]


def test_nothing_is_taken_away_under_the_name_of_another_than_who_entered_it(add, django_db):
    added = add(b"text")
    fields = {
        "lifecycle": "sharing", "case": CASE.case, "attachment": added.id, "kind": "txt", "size": 4,
        "digest": added.sha256, "by": "wang",
    }  # fmt: skip
    with transaction.atomic():
        record("procedures.attachment_removed", fields, now=NOW)
    ((entry,),) = as_owner(django_db, "select id from audit.entry where event = 'procedures.attachment_removed'")

    for officer in ("zhang", "wang"):
        with pytest.raises(psycopg.errors.RaiseException):
            as_role("control", django_db, "select remove_attachment(%s, %s, %s)", added.id, officer, entry)
    assert attachments.listed(CASE) == [added]


LONG_AFTER = NOW.replace(year=2040)


@pytest.fixture
def gone(county, add):
    """Let go of what is over before a day, as two persons decide; returns which attachments were there and are not."""

    def going(before, *, record_class=RecordClass.ADMINISTRATION):
        there = {row.name for row in models.Attachment.objects.all()}
        deciding = {"seats": {Seat("operator")}, "now": LONG_AFTER}
        with closing(Database(county.url, role="owner", size=1)) as owner:
            number = retention.request(owner, record_class=record_class, before=before, by="li", **deciding)
            retention.approve(owner, purge=number, by="zhao", **deciding)
            with owner.transaction() as cur:
                removed = attachments.purge(cur, purges.read(cur, purge=number), LONG_AFTER)
        left = {row.name for row in models.Attachment.objects.all()}
        pieces = set(models.AttachmentPiece.objects.values_list("attachment__name", flat=True))
        assert (pieces, removed) == (left, len(there - left))
        return there - left

    return going


def test_attachments_stay_for_the_years_of_their_class_from_the_end_of_their_case_on(county, add, gone):
    taken_back_at = NOW + timedelta(days=30)
    over, under_way = county.draft(), county.draft()
    for no, name in ((over, "办结.txt"), (under_way, "在办.txt")):
        county.take(no, "lodge", by="consumer")
        add(b"text", name=name, to=CaseReference("sharing.application", no))
    county.take(over, "take_back", by="consumer", now=taken_back_at)

    assert gone(taken_back_at) == set()
    assert gone(taken_back_at + timedelta(seconds=1), record_class=RecordClass.SECURITY) == set()
    assert gone(taken_back_at + timedelta(seconds=1)) == {"办结.txt"}
    assert gone(NOW.replace(year=2029)) == set()


def test_what_was_added_to_a_case_after_its_end_stays_for_its_own_years(county, add, gone):
    no = county.draft()
    county.take(no, "take_back", by="consumer", now=NOW - timedelta(minutes=1))
    add(b"text", name="补充.txt", to=CaseReference("sharing.application", no))

    assert gone(NOW) == set()
    assert gone(NOW + timedelta(seconds=1)) == {"补充.txt"}


@pytest.mark.parametrize("role", ["plane", "auditor", "logkeeper"])
def test_other_roles_see_no_attachment(role, add, django_db):
    add(b"text")

    for statement in (
        "select * from procedures_attachment",
        "select * from procedures_attachmentpiece",
        "select remove_attachment(gen_random_uuid(), 'zhang', 1)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_role(role, django_db, statement)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("attachment_kind", {"kind": "exe"}),
        ("attachment_record_class", {"record_class": "other"}),
        ("attachment_not_empty", {"size": 0}),
        ("attachment_sha256", {"sha256": "A" * 64}),
    ],
)
def test_the_database_keeps_to(constraint, change, django_db):
    good = {
        "lifecycle": "sharing", "case": "1", "record_class": "administration", "name": "a.txt", "kind": "txt",
        "size": 1, "sha256": "0" * 64, "key_id": "0" * 16, "added_at": NOW, "added_by": "zhang",
        "added_by_name": "张伟", "added_by_unit": ZHANG.unit, "acts_before": 0,
    }  # fmt: skip
    models.Attachment.objects.create(**good)

    with pytest.raises(IntegrityError, match=constraint):
        models.Attachment.objects.create(**{**good, **change})
