"""Two processes that are one and the same instance, as a machine and its snapshot are, meet at the backup place."""

from dataclasses import replace

import pytest
from places import OWNER, real

from hutong.backup import alone, place
from hutong.backup.place import BackupPlace


@pytest.mark.clause("IS-4.3")
def test_who_began_first_finds_that_another_began_and_who_began_last_goes_on(at: BackupPlace) -> None:
    first = alone.begin(at, OWNER, now=real())
    alone.check(at, first)
    second = alone.begin(at, replace(OWNER, machine="m1"), now=real())
    with pytest.raises(alone.PlaceShared) as told:
        alone.check(at, first)
    assert (told.value.facts["folder"], told.value.facts["machine"]) == (str(at.folder), "m1")
    alone.check(at, second)
    third = alone.begin(at, OWNER, now=real())  # the first was started anew: now the other is told
    alone.check(at, third)
    with pytest.raises(alone.PlaceShared):
        alone.check(at, second)


def test_a_place_that_says_nothing_of_it_is_nobody_elses_and_one_that_cannot_be_read_is_told(at: BackupPlace) -> None:
    number = alone.begin(at, OWNER, now=real())
    (at.folder / alone.FILE).write_text("{")
    with pytest.raises(place.PlaceUnreadable):
        alone.check(at, number)
    (at.folder / alone.FILE).unlink()
    alone.check(at, number)
