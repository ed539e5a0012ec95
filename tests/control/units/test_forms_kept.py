"""What is kept of forms is bounded, is found by its officer alone, and goes when its time is over."""

from datetime import timedelta

import pytest
from acting import NOW

from hutong.control.units import kept_forms
from hutong.control.units import operations as members
from hutong.control.units.kept_forms import FormTooLarge, KeptFormGone
from hutong.control.units.models import KeptForm, Officer
from hutong.core import defaults

SOON, LATE = NOW + timedelta(minutes=5), NOW + timedelta(hours=5)


def kept(token: str, sealed: bytes = b"sealed", *, by: str = "consumer", until_at=LATE, now=NOW) -> None:  # type: ignore[no-untyped-def]
    kept_forms.keep(token, sealed, username=by, until_at=until_at, now=now)


def test_it_is_found_by_token_and_officer_until_its_time_is_over(county):
    kept("mine")
    assert kept_forms.read("mine", username="consumer", now=LATE - timedelta(seconds=1)) == b"sealed"
    for token, username, now in (("mine", "editor", NOW), ("other", "consumer", NOW), ("mine", "consumer", LATE)):
        with pytest.raises(KeptFormGone):
            kept_forms.read(token, username=username, now=now)
    kept_forms.forget("mine", username="editor")
    assert KeptForm.objects.count() == 1
    kept_forms.forget("mine", username="consumer")
    assert not KeptForm.objects.exists()


def test_one_that_is_too_large_is_refused(county):
    most = defaults.number("login.form_kilobytes") * 1000
    kept("fits", b"x" * most)
    with pytest.raises(FormTooLarge):
        kept("does not", b"x" * (most + 1))
    assert KeptForm.objects.count() == 1


def test_of_one_officer_the_oldest_give_way_and_nobody_elses(county):
    kept("theirs", by="editor")
    room = defaults.number("login.forms")
    for number in range(room + 3):
        kept(f"{number}", now=NOW + timedelta(seconds=number))
    assert KeptForm.objects.count() == room + 1
    assert kept_forms.read("theirs", username="editor", now=NOW) == b"sealed"
    assert kept_forms.read("3", username="consumer", now=NOW) == b"sealed"
    with pytest.raises(KeptFormGone):
        kept_forms.read("2", username="consumer", now=NOW)


def test_of_all_officers_together_those_give_way_that_would_go_first(county):
    room = defaults.number("login.all_forms")
    editor = Officer.objects.get(user__username="editor")
    KeptForm.objects.bulk_create(
        KeptForm(pk=f"{n:064x}", officer=editor, at=NOW, until_at=SOON if n else LATE, sealed=b"") for n in range(room)
    )
    kept("mine")
    assert (KeptForm.objects.count(), KeptForm.objects.filter(pk=f"{0:064x}").exists()) == (room, True)
    assert kept_forms.read("mine", username="consumer", now=NOW) == b"sealed"
    assert kept_forms.forget_past(now=SOON) == room - 2


def test_of_who_is_stopped_nothing_stays(county):
    kept("mine")
    kept("theirs", by="editor")
    members.set_active(username="consumer", active=False, now=NOW, by="init")
    assert [each.officer.user.username for each in KeptForm.objects.all()] == ["editor"]
