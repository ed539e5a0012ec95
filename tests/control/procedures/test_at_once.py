"""Several at once: nobody waits in a circle, and who decides nothing of the same waits for nobody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial

import psycopg
import pytest
from acting import NOW, County
from at_once import Doing
from django.db import connection
from psycopg import sql

from hutong.control.catalog import operations as catalog
from hutong.control.catalog import queries as catalogue
from hutong.control.procedures.rules import ConditionNotMet, NotYourRole
from hutong.control.sharing import operations as sharing
from hutong.control.sharing import stopping
from hutong.control.sharing.verifying import Finding
from hutong.control.units import deputies
from hutong.control.units import operations as members
from hutong.plane.grants import LOCK

OTHER = "307001/000002"


@pytest.fixture
def two_entries(county) -> County:
    """A county whose police bureau has published a second resource."""
    first, editor = catalogue.published(county.code), county.actor("editor")
    change = catalog.draft(
        code=OTHER, name="流动人口信息", abstract="本县流动人口的基本登记信息。", items=first.items, key=first.key,
        actor=editor, now=NOW,
    )  # fmt: skip
    county.bring_change(change, to="PUBLISHED")
    return county


def entry_step(county: County, code: str, action: str, *, by: str = "authority", **said) -> Callable[[], str]:
    actor = county.actor(by)
    return lambda: catalog.take_of_entry(code, action, actor=actor, now=NOW, calendar=county.calendar, **said)


@contextmanager
def held(county: County, statement: str, *values: object) -> Iterator[None]:
    """Hold what a statement locks, as an answer or a delivery under way does."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as other:
        other.execute(sql.SQL(statement), values)
        yield
        other.rollback()


AN_ANSWER = "select pg_advisory_xact_lock_shared(%s::bigint)"
A_DELIVERY = "select from plane.resource where code = %s for update"


def test_two_resources_are_withdrawn_at_once(two_entries):
    with held(two_entries, AN_ANSWER, LOCK):
        both = [Doing(entry_step(two_entries, code, "withdraw", reason="废止")) for code in (two_entries.code, OTHER)]
        assert all(each.waits() for each in both)
    assert [each.done() for each in both] == ["WITHDRAWN", "WITHDRAWN"]


def test_a_unit_is_stopped_while_a_resource_is_withdrawn(two_entries):
    county = two_entries
    county.walk(county.draft(), to="FILED")
    with held(county, AN_ANSWER, LOCK):
        stopped = Doing(lambda: stopping.stop(county.civil, reason="撤并", now=NOW, by="operator"))
        assert stopped.waits()
        withdrawn = Doing(entry_step(county, OTHER, "withdraw", reason="废止"))
        assert withdrawn.waits()
    assert (stopped.done(), withdrawn.done()) == (None, "WITHDRAWN")


def test_an_application_that_is_filed_while_its_resource_is_withdrawn_opens_nothing(county):
    no = county.draft()
    county.walk(no, to="PURPOSE_VERIFYING")
    acting = {"actor": county.actor("operator"), "now": NOW, "calendar": county.calendar}
    with held(county, AN_ANSWER, LOCK):
        withdrawn = Doing(entry_step(county, county.code, "withdraw", reason="废止"))
        assert withdrawn.waits()
        filed = Doing(lambda: sharing.take(no, "file", finding=Finding("查阅了清单。", True), **acting))
        assert filed.waits()
    assert withdrawn.done() == "WITHDRAWN"
    assert isinstance(filed.done(), ConditionNotMet)


def test_while_a_withdrawal_waits_for_a_delivery_every_other_case_goes_on(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    with held(county, A_DELIVERY, county.code):
        withdrawn = Doing(entry_step(county, county.code, "withdraw", reason="废止"))
        assert withdrawn.waits()
        with connection.cursor() as cur:
            cur.execute("set lock_timeout = '3s'")
        assert county.take(no, "endorse", by="competent") == "DEPARTMENT_ENDORSED"
    assert withdrawn.done() == "WITHDRAWN"
    assert county.turn(no) == county.at("authority")


@pytest.mark.clause("D-24")
@pytest.mark.parametrize("ends", ["the deputy is ended", "the account is stopped"])
def test_who_may_act_no_more_takes_no_step_with_a_request_that_began_before(two_entries, ends):
    county = two_entries
    change = county.begin_change()
    county.bring_change(change, to="SUBMITTED")
    who = "operator" if ends == "the deputy is ended" else "approver"
    number = deputies.name(
        role="provider_approver", unit=county.police, username="operator", until_date=date(2026, 6, 30),
        reason="空缺", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    given = {"actor": county.actor(who), "now": NOW, "calendar": county.calendar}
    began = partial(catalog.take, change, "register", **given)
    if who == "operator":
        deputies.end(number, actor=county.actor("authority"), now=NOW)
    else:
        members.set_active(username="approver", active=False, now=NOW, by="init")
    with pytest.raises(NotYourRole):
        began()
    assert catalogue.change(change).state == "SUBMITTED"
