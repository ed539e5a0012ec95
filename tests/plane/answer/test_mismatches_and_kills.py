"""Processes ask for one unit and one is killed: counted is what was answered, neither more nor less (D-25)."""

import itertools
import os
import subprocess
import sys

import answering
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


def asking(url: str, first: int) -> None:
    """Ask about a name of number after number, a true claim between any two, and tell how many were answered."""
    answering._nonces = itertools.count(10_000 * (1 + first))  # no two processes have the same
    db, answered = Database(url, role="owner"), 0
    sought = TRUE[0]
    for place, number in enumerate(candidates(sought)[first : first + 40]):
        for claim in (sought.said("name")._replace(key=(number,)), TRUE[1 + place % 11].said("name", "sex")):
            (got,) = ask(db, [(GRANTS[place % 5], [claim])])
            answered += not isinstance(got, Problem)
            print(answered, flush=True)
    db.close()


@pytest.mark.clause("SX-07-d", "D-25")
def test_a_process_that_is_killed_leaves_its_answers_counted_and_nothing_else(db, database_url):
    county(db, 12)
    given = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    commands = [[sys.executable, __file__, database_url, str(40 * place)] for place in range(3)]
    processes = [subprocess.Popen(each, env=given, stdout=subprocess.PIPE, text=True) for each in commands]
    told = [0, 0, 0]
    while told[0] < 7:
        told[0] = int(processes[0].stdout.readline())
    processes[0].kill()
    for place, each in enumerate(processes):
        said, _ = each.communicate()
        told[place] = int((said.split() or [told[place]])[-1])
    assert [each.returncode for each in processes[1:]] == [0, 0]
    with db.transaction() as cur:
        entries, claims, quota, missed, places, values = cur.execute(COUNTED).fetchone()
    assert entries == claims == quota >= sum(told)
    assert entries - sum(told) <= 1  # what was committed when it was killed, and told nobody
    assert missed == places == values == 10


if __name__ == "__main__":
    asking(sys.argv[1], int(sys.argv[2]))
