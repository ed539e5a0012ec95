"""Of what a file says nothing stands in the database, and what was changed behind the keys' back is not read."""

import pytest
from acting import NOW, entries
from attaching import CASE, CHANGES, MIB, OTHER_CASE, WANG, as_owner

from hutong.control.procedures import attachment_pieces, attachments
from hutong.core.digest import CipherRejected
from hutong.plane.keys import Keyring, KeyUnknown


def test_nothing_of_what_a_file_says_stands_in_the_database(add, django_db):
    secret = "张三因病致贫，申请临时救助".encode()
    add(secret * 10)

    ((piece,),) = as_owner(django_db, "select sealed from procedures_attachmentpiece")
    assert len(piece) == len(secret) * 10 + 28
    assert not any(secret[at : at + 4] in piece for at in range(len(secret) - 4))
    assert "张三" not in str(as_owner(django_db, "select a from procedures_attachment a"))


def test_two_files_with_the_same_content_are_encrypted_to_different_bytes(add, django_db):
    add(b"the same"), add(b"the same", name="b.txt")

    assert as_owner(django_db, "select count(distinct sealed) from procedures_attachmentpiece") == [(2,)]


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
