"""An attachment is taken away by who added it, and goes with its case when its years are over; other roles see none."""

from datetime import timedelta

import psycopg
import pytest
from acting import NOW, entries
from attaching import CASE, OTHER_CASE, WANG, ZHANG, as_owner, as_role
from django.db import IntegrityError, transaction

from hutong.audit.events import RecordClass
from hutong.control.procedures import attachment_bounds as bounds_of
from hutong.control.procedures import attachments, models
from hutong.control.procedures.attachments import CaseReference
from hutong.control.recording import record


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
