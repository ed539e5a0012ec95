"""Sums of uses by month follow from the log: each use once, in the order of the tree, and again to the same."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remembering import CONSUMER, NOW, OTHER, PROVIDER, usage

from hutong.audit import log, rollups, tree
from hutong.audit.rollups import Month, MonthSpan, NamedKeys, Share, Sum, SumFilters

LATE = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
"""In China the first of November has begun."""
YEAR = MonthSpan(date(2026, 1, 1), date(2026, 12, 1))
MONTHS = ((datetime(2026, 10, 31, 15, 59, tzinfo=UTC), date(2026, 10, 1)), (LATE, date(2026, 11, 1)))


def entered(db, *entries):
    with db.transaction() as cur:
        log.append(cur, entries)


def use(*, at=NOW, unit=CONSUMER, provider=PROVIDER, resource="1010001/001", mode="compare", result="OK"):
    made = usage(at=at, unit=unit, resource=resource, mode=mode, result=result)
    return made._replace(unit=unit, counterpart=provider)


def months(db, span=YEAR):
    with db.transaction() as cur:
        return rollups.months(cur, span)


def test_uses_are_summed_by_the_month_it_is_in_china_and_what_was_refused_apart(db, signer):
    entered(db, *(use(at=at) for at, _ in MONTHS), use(result="GRANT_EXPIRED"))
    tree.integrate(db, now=NOW, signer=signer)

    assert rollups.sum_up(db) == 3
    assert months(db) == [Month(date(2026, 10, 1), 1, 0), Month(date(2026, 11, 1), 1, 1)]
    assert months(db, MonthSpan(date(2026, 11, 1), date(2026, 11, 1))) == [Month(date(2026, 11, 1), 1, 1)]


def test_a_use_is_summed_once_it_is_in_the_tree_and_no_second_time(db, signer):
    entered(db, use())
    assert rollups.sum_up(db) == 0 and months(db) == []

    tree.integrate(db, now=NOW, signer=signer)
    entered(db, use())
    assert rollups.sum_up(db) == 1 and rollups.sum_up(db) == 0
    assert months(db) == [Month(date(2026, 11, 1), 1, 0)]


def test_a_unit_finds_what_it_asked_and_what_was_asked_of_its_resources(db, signer):
    entered(db, use(), use(unit=OTHER), use(unit=OTHER, provider=CONSUMER, resource="2"), use(provider=None))
    tree.integrate(db, now=NOW, signer=signer)
    rollups.sum_up(db)

    with db.transaction() as cur:
        own = MonthSpan(YEAR.first, YEAR.last, [CONSUMER])
        assert rollups.by_unit(cur, own, limit=9) == [Share(CONSUMER, 2, 0), Share(OTHER, 1, 0)]
        assert rollups.by_resource(cur, own, limit=9) == [Share("1010001/001", 2, 0), Share("2", 1, 0)]
        assert rollups.by_unit(cur, YEAR, limit=1) == [Share(CONSUMER, 2, 0)]
        assert [row.answered for row in rollups.months(cur, MonthSpan(YEAR.first, YEAR.last, []))] == []


def test_sums_by_who_asked_resource_and_mode_are_read_in_pages_both_ways_and_narrowed(db, signer):
    other = use(unit=OTHER, resource="2")
    several = [use(), use(), use(mode="query"), other, use(result="QUOTA_SPENT"), use(mode=None)]
    entered(db, *several)
    tree.integrate(db, now=NOW, signer=signer)
    rollups.sum_up(db)
    whole = SumFilters(YEAR)
    with db.transaction() as cur:
        found = rollups.sums(cur, whole, limit=9)
        assert found[0] == Sum(CONSUMER, "1010001/001", "compare", 2, 1)
        assert (len(found), rollups.summed(cur, whole)) == (4, (4, 5, 1))
        pages = [rollups.sums(cur, whole, after=each.place, limit=1) for each in found]
        assert pages == [*([each] for each in found[1:]), []]
        assert rollups.sums(cur, whole, fewest=True, limit=9) == found[::-1]
        assert rollups.sums(cur, whole, fewest=True, after=found[2].place, limit=9) == found[1::-1]
        assert {each.mode for each in rollups.sums(cur, SumFilters(YEAR, mode="query"), limit=9)} == {"query"}
        named = SumFilters(YEAR, words=[NamedKeys([OTHER], []), NamedKeys([], ["2"])])
        assert [each.unit for each in rollups.sums(cur, named, limit=9)] == [OTHER]
        assert rollups.summed(cur, SumFilters(YEAR, words=[NamedKeys([OTHER], []), NamedKeys([], [])])) == (0, 0, 0)
        assert (rollups.keys(cur, YEAR), rollups.first(cur, YEAR)) == ((2, 2), date(2026, 11, 1))
        assert rollups.first(cur, MonthSpan(YEAR.first, YEAR.last, [])) is None


uses = st.builds(
    use, at=st.sampled_from([at for at, _ in MONTHS]), unit=st.sampled_from([CONSUMER, OTHER]),
    provider=st.sampled_from([PROVIDER, OTHER, None]), resource=st.sampled_from(["1", "2", None]),
    mode=st.sampled_from(["compare", "query", None]), result=st.sampled_from(["OK", "QUOTA_SPENT"]),
)  # fmt: skip


@pytest.mark.parametrize("batch", [3, *(pytest.param(batch, marks=pytest.mark.full) for batch in (1, 1000))])
@given(several=st.lists(st.lists(uses, max_size=6), max_size=4))
def test_sums_are_those_of_the_log_however_it_was_summed_and_again(db, signer, batch, several):
    with db.transaction() as cur:
        cur.execute(
            "truncate audit.entry, audit.pending_leaf, audit.leaf, audit.tree_hash, audit.checkpoint, audit.monthly_use"
        )
        cur.execute("update audit.summed_uses set position = 0")
    for listed in several:
        entered(db, *listed)
        tree.integrate(db, now=NOW, signer=signer)
        rollups.sum_up(db, batch=batch)
    whole = kept(db)

    named = dict(MONTHS)
    wanted = Counter(
        (
            named[each.at], each.unit, each.counterpart or "", each.record["resource"] or "", each.record["mode"] or "",
            each.record["result"] == "OK",
        )
        for listed in several for each in listed
    )  # fmt: skip
    summed = Counter({(*key, True): answered for *key, answered, _ in whole})
    summed |= Counter({(*key, False): refused for *key, _, refused in whole})
    assert +summed == wanted

    with db.transaction() as cur:
        cur.execute("truncate audit.monthly_use")
        cur.execute("update audit.summed_uses set position = 0")
    rollups.sum_up(db)
    assert kept(db) == whole


def kept(db):
    with db.transaction() as cur:
        columns = "month, unit, provider, resource, mode, answered, refused"
        return cur.execute(f"select {columns} from audit.monthly_use order by 1, 2, 3, 4, 5").fetchall()
