"""Numbers of cases: of their day, one after the other, however many there are and whoever asks at once."""

from datetime import timedelta
from threading import Thread

from acting import NOW
from django.db import connection, transaction

from hutong.control.procedures import numbers
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS


def following(now=NOW) -> str:
    with transaction.atomic():
        return numbers.following(APPLICATIONS, "GX", now=now)


def test_numbers_follow_each_other_within_a_day_and_begin_again_with_the_next(county):
    assert following() == "GX20260302-0001"
    assert county.draft() == "GX20260302-0001"
    assert following() == "GX20260302-0002"
    assert following(NOW + timedelta(days=1)) == "GX20260303-0001"


def test_after_the_ten_thousandth_they_go_on(county):
    no = county.draft()
    for last, then in (("9999", "10000"), ("10000", "10001")):
        Application.objects.filter(no=no).update(no=f"GX20260302-{last}")
        assert following() == f"GX20260302-{then}"
        no = f"GX20260302-{last}"


def test_two_who_draft_at_once_are_given_two_numbers(county):
    made: list[str] = []

    def draft() -> None:
        made.append(county.draft())
        connection.close()

    both = [Thread(target=draft) for _ in range(4)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(made) == [f"GX20260302-{place:04}" for place in range(1, 5)]
