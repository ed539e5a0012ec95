"""An attachment is added, comes back as it was, and leaves its entries."""

import psycopg
import pytest
import specimens
from acting import NOW
from attaching import CASE, MIB, WANG, ZHANG, as_owner, logged
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from hutong.control.procedures import attachment_bounds as bounds_of
from hutong.control.procedures import attachments, models, queries


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
    assert [row.words for row in done] == [f"PDF · {-(-added.size // 1024)} KB"] * 2


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
