"""How many there are is told exactly to a bound, and above it that there are more."""

import pytest
from django.utils import translation

from hutong.core.counting import COUNTED
from hutong.web.lists.counting import told


@pytest.mark.parametrize(
    ("many", "zh", "en"),
    [(0, "0", "0"), (999, "999", "999"), (COUNTED, "10,000", "10,000"), (COUNTED + 1, "超过 10,000", "over 10,000")],
)
def test_counts_are_exact_to_ten_thousand_and_beyond_it_is_said_that_there_are_more(many, zh, en):
    with translation.override("zh"):
        assert told(many) == zh
    with translation.override("en"):
        assert told(many) == en
