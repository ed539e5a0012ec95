"""Claiming records of which nothing matches is limited, whatever is claimed of them (D-25)."""

import itertools
import threading
from datetime import timedelta
from math import isqrt

import pytest
from answering import NOW, records
from guessing import GRANTS, REGISTER, ask, candidates, county, each_time_at_once, elsewhere, numbered

from hutong.core.errors import Problem
from hutong.plane import rulebook
from hutong.plane.answer import mismatches, unmatched
from hutong.plane.answer.compare import Claim

DAY = timedelta(days=1)
KEPT = ("mismatched_value", "mismatched_claim", "claims_made", "claimed_record", "claimed_day")
EVERY_ITEM = (*(item.code for item in REGISTER.items),)


def codes(answers):
    return [each.code if isinstance(each, Problem) else "answered" for each in answers]


def set_limit(db, **changed):
    with db.transaction() as cur:
        rulebook.keep(
            cur, {f"compare.{name}": value for name, value in changed.items()}, version=1, from_date=NOW.date()
        )


def sex(number):
    """Return what the number itself says: whoever knows it needs to know nothing else."""
    return "女男"[int(number[16]) % 2]


def said_of_itself(number):
    return {"sex": sex(number)}


def key_beside_itself(number):
    return {"number": number}


def yes_or_no(number):
    return {"insured": "true"}


WAYS = [said_of_itself, key_beside_itself, yes_or_no]


def of_area_and_sequence(sought):
    """Return a thousand numbers a resident may have, if two digits of the area and one of the sequence are missing."""
    number, digits = sought.number, range(1000)
    return [numbered(f"{number[:4]}{n // 10:02}{number[6:14]}{n % 10}{number[15:17]}") for n in digits]


def exists(db, sought, *, says, true, beside, at_once=100, which=candidates):
    """Return how many of the thousand numbers a resident may have were answered, and which of them are there."""
    answered, there = 0, []
    tried = which(sought)
    for start in range(0, len(tried), at_once):
        asks = []
        for place, number in enumerate(tried[start : start + at_once], start):
            asks.append((GRANTS[place % 5], [Claim((number,), says(number)), *(next(true) for _ in range(beside))]))
        now = NOW + timedelta(days=start * 365 // len(tried))
        for (_, claims), got in zip(asks, ask(db, asks, now=now), strict=True):
            if not isinstance(got, Problem):
                answered += 1
                there += [claims[0].key[0]] if "match" in got.verdicts[0].values() else []
    return answered, there


def all_items(db):
    """Let the grants cover the number too."""
    with db.transaction() as cur:
        cur.execute("update plane.access_grant set items = %s", [list(EVERY_ITEM)])


@pytest.mark.clause("SX-07-d", "D-25")
@pytest.mark.parametrize("says", WAYS)
@pytest.mark.parametrize(("which", "beside"), [(candidates, 0), (candidates, 2), (of_area_and_sequence, 2)])
def test_which_of_the_numbers_of_a_birth_date_is_there_is_not_told(db, says, which, beside):
    people = county(db, 60)
    all_items(db)
    true = itertools.cycle([person.said("name", "born", "sex") for person in people[2:]])
    for sought in people[:2]:
        assert exists(db, sought, says=says, true=true, beside=beside, which=which) == (10, [])


@pytest.mark.clause("SX-07-d", "D-25")
def test_nor_is_it_told_of_the_right_one_asked_alone(db):
    sought = county(db, 5)[0]
    each_time_at_once(db)
    tried = [Claim((number,), said_of_itself(number)) for number in candidates(sought)[:10]]
    assert codes(ask(db, [("g1", [claim]) for claim in tried])) == ["answered"] * 10
    assert codes(ask(db, [("g1", [sought.said("sex")])])) == ["KEY_PART_SPENT"]


@pytest.mark.full
@pytest.mark.clause("SX-07-d", "D-25")
@pytest.mark.parametrize("says", WAYS)
@pytest.mark.parametrize("beside", [0, 10, 33])
def test_of_ten_residents_none_is_found_by_what_the_number_itself_says_and_without_the_limits_all_are(db, says, beside):
    people = county(db, 2000)
    all_items(db)
    known = [person.said("name", "born", "sex") for person in people[10:]]
    found = [exists(db, each, says=says, true=itertools.cycle(known), beside=beside) for each in people[:10]]
    print(f"{says.__name__}, 1:{beside}: tries answered {[answered for answered, _ in found]}")
    assert [there for _, there in found] == [[]] * 10
    with db.transaction() as cur:
        for table in KEPT:
            cur.execute(f"delete from plane.{table}")
    set_limit(db, value_records=10_000, share_percent=100)
    if says is not yes_or_no:  # it is true of half of them only
        found = [exists(db, each, says=says, true=itertools.cycle(known), beside=beside) for each in people[:10]]
        assert [there for _, there in found] == [[each.number] for each in people[:10]]


def harvest(db, true, *, beside, count):
    """Return how many numbers were answered that nobody has and no two of which have a birth date in common."""
    answered = 0
    for start in range(0, count, 50):
        asks = [
            (GRANTS[place % 5], [Claim((elsewhere(place),), {"sex": "男"}), *(next(true) for _ in range(beside))])
            for place in range(start, min(start + 50, count))
        ]
        answered += codes(ask(db, asks)).count("answered")
    return answered


@pytest.mark.clause("SX-07-d", "D-25")
def test_true_claims_over_and_over_hide_nothing(db):
    people = county(db, 20)
    set_limit(db, share_from=100, share_claims=200)
    true = itertools.cycle([person.said("name", "born", "sex") for person in people])
    answered = harvest(db, true, beside=9, count=400)
    assert answered <= max(10, ceiling(len(people)))
    (alarm,) = records(db, "plane.alarm_opened")
    assert (alarm["limit"], alarm["resource"], alarm["most"]) == ("compare.share_percent", "register", 20)
    assert codes(ask(db, [("g1", [people[0].said("name")])])) == ["RECORD_SHARE_SPENT"]
    assert codes(ask(db, [("g1", [people[0].said("name")])], now=NOW + 365 * DAY)) == ["RECORD_SHARE_SPENT"]
    assert codes(ask(db, [("g1", [people[0].said("name")])], now=NOW + 366 * DAY)) == ["answered"]


def ceiling(known, percent=20):
    """Return the most records that nobody has and are answered for who knows so many that are there."""
    sixteenth = known // unmatched.EVERY
    most = sixteenth + 4 * isqrt(sixteenth) + 4  # as many as there may be by chance
    counted = unmatched.EVERY * (most + 3 * isqrt(most) + 3)
    return counted * percent // (100 - percent) + 1


@pytest.mark.full
@pytest.mark.clause("SX-07-d", "D-25")
@pytest.mark.parametrize("known", [100, 2000, 10_000])
def test_how_many_numbers_a_year_who_knows_so_many_residents_can_try(db, known):
    people = county(db, known)
    true = itertools.cycle([person.said("name", "born", "sex") for person in people])
    answered = harvest(db, true, beside=33, count=known // 2 + 1500)
    print(f"who knows {known} residents tries {answered} numbers a year")
    assert answered <= max(1000, ceiling(known))


@pytest.mark.clause("SX-07-d", "D-25")
def test_a_record_that_matches_when_it_is_claimed_next_counts_no_more(db):
    people = county(db, 40)
    wrong = [person.said(sex="女" if person.sex == "男" else "男") for person in people[:30]]
    right = [person.said("sex") for person in people[:30]]
    counted = "select sum(missed)::int from plane.claimed_day"
    for claims, missed in ((wrong[:8], 8), (right[:8], 0), (wrong[:2], 2)):
        assert set(codes(ask(db, [("g1", [each]) for each in claims]))) == {"answered"}
        with db.transaction() as cur:
            assert cur.execute(counted).fetchone() == (missed,)
    assert mismatches.forget(db, now=NOW + 365 * DAY) == 0
    assert mismatches.forget(db, now=NOW + 366 * DAY) > 0
    with db.transaction() as cur:
        assert cur.execute("select count(*) from plane.claimed_record").fetchone() == (0,)


def test_tried_at_once_no_more_numbers_are_answered_than_one_after_another(db):
    sought = county(db, 5)[0]
    told: list[str] = []
    go = threading.Barrier(8)

    def some(mine):
        go.wait()
        for number in mine:
            told.extend(codes(ask(db, [("g1", [Claim((number,), {"sex": sex(number)})])])))

    threads = [threading.Thread(target=some, args=(candidates(sought)[start:80:8],)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count("answered"), told.count("KEY_PART_SPENT")) == (10, 70)


MANY = """
insert into plane.mismatched_value (value, k, consumer, code, item, day)
select sha256(('v' || n %% 5000)::bytea), sha256(('k' || n)::bytea), 'unit', 'register', 'name', %(day)s
from generate_series(1, 20000) n;
insert into plane.claimed_record (consumer, code, k, part, matched, day)
select 'unit', 'register', sha256(('k' || n)::bytea), sha256(('p' || n %% 5000)::bytea), false, %(day)s
from generate_series(1, 20000) n
"""


@pytest.mark.parametrize("analysed", [False, True])
def test_what_is_remembered_is_found_by_index_whatever_statistics_there_are(db, analysed):
    given = {
        "day": NOW.date(), "value_days": 366, "values": [bytes([n, 1]) for n in range(200)],
        "parts": [bytes([n, 1]) for n in range(200)], "units": ["unit"] * 200, "resources": ["register"] * 200,
        "records": [bytes([n, 1]) for n in range(200)],
    }  # fmt: skip
    with db.transaction() as cur:
        for each in MANY.split(";"):
            cur.execute(each, given)
        if analysed:
            cur.execute("analyze plane.mismatched_value, plane.claimed_record")
        cur.execute(mismatches.statements.by_index)
        for statement, index in (
            (mismatches.statements.look_values, "mismatched_value_pkey"),
            (unmatched.statements.look_records, "claimed_record_pkey"),
            (unmatched.statements.look_parts, "claimed_record_part"),
        ):
            plan = "\n".join(line for (line,) in cur.execute(f"explain {statement}", given))
            assert f"using {index}" in plan or f"on {index}" in plan, plan
