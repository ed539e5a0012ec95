"""The limits as the platform is delivered: named, sourced, worded, within their own bounds."""

import re
from pathlib import Path

import pytest

from hutong.core import defaults, limits
from hutong.core.limits import CountedIn, Limit, LimitOfAnotherKind, LimitOutOfBounds, LimitUnknown

CLAUSES = Path(__file__).parents[2] / "docs" / "clauses.tsv"


@pytest.mark.parametrize("limit", defaults.LIMITS.values(), ids=lambda limit: limit.name)
def test_every_limit_is_within_its_own_bounds_and_has_its_words(limit):
    limits.check(limit, limit.value)
    assert re.search("[\u4e00-\u9fff]", limit.about.zh)
    assert limit.about.en
    assert not re.search("[\u4e00-\u9fff]", limit.about.en)
    assert re.fullmatch(r"[a-z]+(\.[a-z_]+)+", limit.name)


@pytest.mark.parametrize("limit", defaults.LIMITS.values(), ids=lambda limit: limit.name)
def test_a_limit_is_called_by_a_noun_and_not_by_a_sentence(limit):
    named = re.split("[（：]", limit.about.zh)[0]
    assert re.search(r"(期限|天数|时间|期间|时段|上限|比例|容量|总量|间隔|方法|级别|长度|签发|数)$", named), named
    assert not re.match(r"(The|An?|It|So|When|What|Who|And|As|How)\b", limit.about.en), limit.about.en
    assert not limit.about.zh.endswith("。") and not limit.about.en.endswith(".")


def test_every_limit_names_a_clause_or_a_source_with_words():
    register = {line.split("\t")[0] for line in CLAUSES.read_text(encoding="utf-8").splitlines()}

    assert {limit.source for limit in defaults.LIMITS.values()} - register == set()


def test_no_limit_stands_twice():
    assert len(defaults._LIMITS) + len(defaults._HANDS) == len(defaults.LIMITS)


@pytest.mark.clause("SX-10-c")
def test_no_usage_log_is_kept_fewer_than_five_years():
    with pytest.raises(LimitOutOfBounds):
        limits.check(defaults.limit("audit.usage_years"), 4)
    limits.check(defaults.limit("audit.usage_years"), 5)


@pytest.mark.clause("SX-08-f")
def test_filing_takes_no_more_than_five_working_days():
    with pytest.raises(LimitOutOfBounds):
        limits.check(defaults.limit("sharing.filing_days"), 6)
    limits.check(defaults.limit("sharing.filing_days"), 4)


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        (CountedIn.DAYS, "5"),
        (CountedIn.DAYS, True),
        (CountedIn.DAYS, 2.5),
        (CountedIn.SWITCH, 1),
        (CountedIn.RULE, "C"),
        (CountedIn.RULE, 1),
    ],
)
def test_refuses_a_value_of_another_kind(unit, value):
    with pytest.raises(LimitOfAnotherKind):
        limits.check(Limit("x.y", 1, unit, "D-8", "甲", "a"), value)


def test_a_name_nobody_defined_is_refused():
    with pytest.raises(LimitUnknown):
        defaults.number("sharing.no_such_days")
    assert defaults.number("sharing.filing_days", {"sharing.filing_days": 3}) == 3
    assert defaults.number("sharing.filing_days", {}) == 5
