"""A failure is kept with the form it refused, whatever its facts are made of, and told in either language after it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hutong.core import text
from hutong.core.errors import Faults
from hutong.core.labels import both
from hutong.web.front.admission import FileTooLarge
from hutong.web.login import failures


@pytest.mark.parametrize(
    "value",
    [
        "600 MB", 7, None, True, date(2028, 2, 29), datetime(2026, 3, 2, 9, 30, tzinfo=UTC), Decimal("1.50"),
        ("a", "b"), {"a": date(2026, 3, 2)}, both("sizes.exact", size="600 MB"),
    ],
)
def test_every_kind_of_fact_comes_back_as_it_was(value):
    problem = FileTooLarge(size=value, limit="512 MB")
    problem.at = ("file",)
    again = failures.read(failures.written(problem))
    assert (type(again), again.facts, again.at) == (FileTooLarge, problem.facts, ("file",))
    for language in ("zh", "en"):
        assert text.say(again, language=language) == text.say(problem, language=language)


def test_several_come_back_as_several():
    sizes = (both("sizes.exact", size="1 MB"), "2 MB")
    several = Faults([FileTooLarge(size=size, limit="1 MB") for size in sizes])
    again = failures.read(failures.written(several))
    assert [each.facts for each in again.problems] == [each.facts for each in several.problems]


def test_what_nothing_is_known_of_is_not_kept():
    with pytest.raises(failures.NotWritable):
        failures.written(FileTooLarge(size=object(), limit="1 MB"))
