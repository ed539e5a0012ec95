"""Processes ask for one unit and one is killed: counted is what was answered, neither more nor less (D-25)."""

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection

import pytest
from guessing import GRANTS, ask, candidates, county, resident

from hutong.core.errors import Problem
from hutong.db.database import Database

TRUE = [resident(place) for place in range(12)]
COUNTED = """
select (select count(*)::int from audit.entry where event = 'plane.compared'),
       (select claims::int from plane.claims_made),
       (select sum(spent)::int from plane.quota_spent),
       (select missed from plane.claims_made), (select count(*)::int from plane.mismatched_claim),
       (select count(*)::int from plane.mismatched_value)
"""


def asking(url: str, first: int, told: Connection) -> None:
    """Ask about a name of number after number, a true claim between any two, and tell how many were answered."""
    db, answered = Database(url, role="owner"), 0
    sought = TRUE[0]
    for place, number in enumerate(candidates(sought)[first : first + 40]):
        for claim in (sought.said("name")._replace(key=(number,)), TRUE[1 + place % 11].said("name", "sex")):
            (got,) = ask(db, [(GRANTS[place % 5], [claim])])
            answered += not isinstance(got, Problem)
            told.send(answered)
    db.close()


@pytest.mark.clause("SX-07-d", "D-25")
def test_a_process_that_is_killed_leaves_its_answers_counted_and_nothing_else(db, database_url):
    county(db, 12)
    of = multiprocessing.get_context("spawn")
    ends = [of.Pipe(duplex=False) for _ in range(3)]
    processes = [
        of.Process(target=asking, args=(database_url, 40 * place, told)) for place, (_, told) in enumerate(ends)
    ]
    for each in processes:
        each.start()
    told = [0, 0, 0]
    while told[0] < 7:
        told[0] = ends[0][0].recv()
    os.kill(processes[0].pid, signal.SIGKILL)
    for place in (1, 2):
        for _ in range(80):
            told[place] = ends[place][0].recv()
    for each in processes:
        each.join()
    while ends[0][0].poll():
        told[0] = ends[0][0].recv()
    with db.transaction() as cur:
        entries, claims, quota, missed, places, values = cur.execute(COUNTED).fetchone()
    assert entries == claims == quota >= sum(told)
    assert entries - sum(told) <= 1  # what was committed when it was killed, and told nobody
    assert missed == places == values == 10
