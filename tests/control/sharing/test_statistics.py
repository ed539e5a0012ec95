"""Uses in sums: so many units and resources are named, and months are told without a gap."""

from datetime import date

import using
from acting import County

from hutong.control.sharing import statistics
from hutong.control.sharing.statistics import Named, Others, SumsAsked


def test_units_and_resources_beyond_the_first_are_summed(county: County):
    found = statistics.statistics(using.three_months(county).actor("authority"), today=date(2026, 3, 2), named=1)

    assert found.units == [Named(county.civil, "示范县民政局", 40, 4)]
    assert found.other_units == found.other_resources == Others(1, 3, 0)
    assert (found.answered, found.refused, found.everybody) == (43, 4, True)


def test_a_unit_reads_its_own_alone(county: County):
    found = statistics.statistics(using.three_months(county).actor("competent"), today=date(2026, 3, 2))
    assert (found.answered, found.refused, found.everybody) == (0, 0, False)


def test_months_are_told_without_a_gap_from_the_first_in_which_something_was_used(county: County):
    actor = using.three_months(county).actor("authority")
    told = [each.month for each in statistics.months(actor, today=date(2026, 12, 31))]
    assert told == [date(2026, month, 1) for month in range(1, 13)]
    told = [each.month for each in statistics.months(actor, today=date(2027, 2, 28))]
    assert told == [date(2026, month, 1) for month in range(3, 13)] + [date(2027, 1, 1), date(2027, 2, 1)]
    assert statistics.months(actor, today=date(2028, 2, 29)) == []


def test_sums_are_found_by_the_words_of_names_by_period_unit_and_mode(county: County):
    actor, today = using.three_months(county).actor("authority"), date(2026, 3, 2)

    def summed(**asked: object) -> tuple[int, int, int]:
        return statistics.summed(actor, SumsAsked(**asked), today=today)

    assert summed() == (2, 43, 4)
    assert summed(words="婚姻") == summed(words="公安 308001") == summed(unit=county.police) == (1, 3, 0)
    assert summed(words="公安 人口") == summed(mode="query") == (0, 0, 0)
    assert summed(first=date(2026, 2, 1), last=date(2026, 2, 1)) == (1, 20, 2)
    assert statistics.used_months(actor, today=today) == [date(2026, month, 1) for month in (1, 2, 3)]
