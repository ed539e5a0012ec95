"""What a case takes of files is bounded: what is refused, how much, and of two that come at once."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from acting import NOW, entries
from attaching import BOUNDS, CASE, MIB, OTHER_CASE, REFUSED, ZHANG, as_owner
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from hutong.control.procedures import attachment_bounds as bounds_of
from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.kinds import faults
from hutong.core.errors import Problem


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
    for turn, (adding, size) in enumerate(steps):
        if not adding and kept:
            attachment, _ = kept.pop()
            attachments.remove(to, attachment, by=ZHANG, editable=True, now=NOW)
            continue
        fits = size <= 30 and len(kept) < 5 and sum(size for _, size in kept) + size <= 100
        try:
            # another file each time: the very same one is not added twice
            kept.append((add(b"a" * size, name=f"{turn}.txt", to=to, bounds=bounds).id, size))
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
