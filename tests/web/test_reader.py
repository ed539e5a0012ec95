"""Words that follow from what is asked and the language alone are looked up once in each language."""

import acting
from django.utils import translation
from django.utils.translation import gettext

from hutong.core import defaults
from hutong.web.wording import deadlines, limits, reader

assert acting  # it sets Django up


def test_words_are_looked_up_once_a_language():
    asked = []

    @reader.once
    def said(words: str) -> str:
        asked.append(words)
        return gettext(words)

    for _ in range(2):
        with translation.override("zh"):
            assert said("待办") == "待办"
        with translation.override("en"):
            assert said("待办") == gettext("待办") != "待办"
    assert asked == ["待办", "待办"]


def test_a_limit_is_told_in_the_language_of_who_reads_it():
    told = []
    for language in ("zh", "en", "zh"):
        with translation.override(language):
            told.append(deadlines.amount("working_days", 5))
    assert told == ["5 个工作日", "5 working days", "5 个工作日"]


def test_every_value_of_the_rulebook_is_told_in_english_with_its_unit():
    with translation.override("en"):
        told = [limits.value(limit, limit.value) for limit in defaults.LIMITS.values()]
        assert (deadlines.amount("working_days", 1), deadlines.amount("hours", 2)) == ("1 working day", "2 hours")
    assert [each for each in told if not each.isascii()] == []
