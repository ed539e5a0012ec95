"""Uses in sums: so many units and resources are named, and months are told without a gap."""

from datetime import date

import using
from acting import County

from hutong.control.sharing import statistics
from hutong.control.sharing.statistics import Named


def test_units_and_resources_beyond_the_first_are_summed(county: County):
    found = statistics.statistics(using.three_months(county).actor("authority"), today=date(2026, 3, 2), named=1)

    assert found.units == [Named(county.civil, "示范县民政局", 40, 4)]
    assert found.other_units == found.other_resources == Named("", "", 3, 0)
    assert (found.answered, found.refused, found.everybody) == (43, 4, True)


def test_a_unit_reads_its_own_alone(county: County):
    found = statistics.statistics(using.three_months(county).actor("competent"), today=date(2026, 3, 2))
    assert (found.answered, found.refused, found.everybody) == (0, 0, False)


def test_months_are_told_without_a_gap_from_the_first_and_at_least_half_a_year(county: County):
    actor = using.three_months(county).actor("authority")
    told = [each.month for each in statistics.months(actor, today=date(2026, 12, 31))]
    assert told == [date(2026, month, 1) for month in range(1, 13)]
    told = [each.month for each in statistics.months(actor, today=date(2028, 2, 29))]
    assert told == [date(2027, month, 1) for month in range(9, 13)] + [date(2028, 1, 1), date(2028, 2, 1)]
