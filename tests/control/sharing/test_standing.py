"""How a grant stands, as its page shows it, changes with whatever is decided about it, its system or its consumer."""

import pytest
from acting import NOW
from django.db import connection, transaction

from hutong.control.sharing import service, standing
from hutong.control.sharing.models import Application
from hutong.db import database
from hutong.plane.grants import NoSuchGrant
from hutong.plane.suspensions import Suspendable


def at(no: str) -> str:
    with transaction.atomic(), database.joined(connection) as cur:
        return standing.shown(cur, no, now=NOW).at


def test_each_decision_about_a_grant_its_system_and_its_consumer_makes_another_state_of_it(county):
    county.walk(county.draft(), to="FILED")
    no = Application.objects.exclude(grant_no="").get().grant_no
    said = {"actor": county.actor("operator"), "now": NOW}
    states = [at(no)]
    whom = {Suspendable.GRANT: no, Suspendable.SYSTEM: "civil-app", Suspendable.UNIT: county.civil}
    for kind, name in whom.items():
        number = service.suspend(kind, name, reason="未整改", clause="SX-16-a", **said)
        states.append(at(no))
        service.lift(number, verified="已核查", **said)
        states.append(at(no))
    service.revoke(no, reason="依据已废止", **said)
    states.append(at(no))
    assert len(set(states)) == len(states)


def test_there_is_no_state_of_a_grant_that_is_not_there(county):
    with pytest.raises(NoSuchGrant):
        at("G-none")
