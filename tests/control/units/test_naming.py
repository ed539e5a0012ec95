"""Offered is to name and to end the deputies that the operations would name and end for this officer, and no other."""

from datetime import date

import pytest
from acting import NOW, PASSWORD, County

from hutong.control.procedures.rules import NotYourRole
from hutong.control.units import deputies, deputyships, naming, offices, passing_on, queries
from hutong.control.units import operations as members
from hutong.control.units.deputies import DeputyNotNamed, DeputyOfAdministrator, UnitWithoutOffice
from hutong.control.units.deputyships import DeputyFilters
from hutong.control.units.models import Unit
from hutong.control.units.rules import ROLES, RolesNotSeparated
from hutong.core.lifecycle import Seat

REGION = "330523"


@pytest.fixture
def regions(county) -> County:
    """The county with one unit in a region of its own, whose authority is the unit of `regional`."""
    known = queries.registered(county.civil)
    members.change(
        county.civil, name=known.name, kind=known.kind, region_code=REGION, competent=known.competent, now=NOW,
        by="init",
    )  # fmt: skip
    social = county.actor("competent").unit
    passing_on.give(role="authority", region=REGION, unit=social, reason="试点", now=NOW, by="init")
    for username, unit, roles in (("regional", social, ["authority"]), ("free", county.police, ["provider_editor"])):
        members.add_officer(
            username=username, password=PASSWORD, name=f"姓名{username}", unit=unit, roles=roles, now=NOW, by="init"
        )
    return county


def name(county: County, seat: Seat, *, username: str, by: str) -> int:
    return deputies.name(
        role=seat.role, unit=seat.unit, username=username, until_date=date(2026, 6, 30), reason="空缺",
        actor=county.actor(by), now=NOW,
    )  # fmt: skip


@pytest.mark.clause("D-23")
@pytest.mark.parametrize("by", ["authority", "regional"])
def test_what_is_offered_is_what_is_taken_at_every_seat_there_is(regions, by):
    every = {Seat(role, unit.credit_code) for role in ROLES for unit in queries.units()}
    offered = naming.desk(regions.actor(by), now=NOW, newest=0).seats
    taken = set()
    for seat in sorted(every):
        from_elsewhere = "free" if seat.unit != regions.police else "consumer"
        try:
            deputies.end(name(regions, seat, username=from_elsewhere, by=by), actor=regions.actor(by), now=NOW)
            taken.add(seat)
        except (NotYourRole, UnitWithoutOffice, DeputyOfAdministrator, RolesNotSeparated):
            pass
        assert naming.offered(regions.actor(by), [seat]) == ({seat} & taken)
    assert (offered, offered < every, bool(offered)) == (taken, True, True)
    assert {seat.unit for seat in offered} >= {regions.civil}
    assert (regions.police in {seat.unit for seat in offered}) is (by == "authority")


def test_ending_is_offered_for_those_whom_the_officer_may_end(regions):
    for seat in (Seat("consumer", regions.civil), Seat("provider_approver", regions.police)):
        name(regions, seat, username="competent", by="authority")
    for by in ("regional", "authority"):
        actor = regions.actor(by)
        for deputy, may in naming.desk(actor, now=NOW, newest=20).deputies:
            if may:
                deputies.end(deputy.id, actor=actor, now=NOW)
                with pytest.raises(DeputyNotNamed):
                    deputies.end(deputy.id, actor=actor, now=NOW)
            else:
                with pytest.raises(NotYourRole):
                    deputies.end(deputy.id, actor=actor, now=NOW)
    assert deputyships.listed(DeputyFilters(now=True)) == []


def test_whoever_goes_with_no_role_that_is_offered_is_offered_to_nobody(regions):
    members.add_officer(
        username="auditor", password=PASSWORD, name="陈静", unit=regions.civil, roles=["auditor"], now=NOW, by="init"
    )
    offered = {each.username for each in naming.desk(regions.actor("authority"), now=NOW, newest=0).officers}
    assert offered == {each.username for each in queries.officers()} - {"auditor", "authority"}


def test_nothing_is_offered_to_who_is_no_authority_nor_of_a_unit_that_was_stopped(regions):
    seat = Seat("consumer", regions.civil)
    assert naming.offered(regions.actor("consumer"), [seat]) == set()
    for asked in (naming.check, naming.stuck_at):
        with pytest.raises(NotYourRole):
            asked(regions.actor("consumer"))
    with pytest.raises(NotYourRole):
        naming.desk(regions.actor("consumer"), now=NOW, newest=0)
    assert naming.offered(regions.actor("authority"), [seat]) == {seat}
    Unit.objects.filter(pk=regions.civil).update(active=False)
    assert naming.offered(regions.actor("authority"), [seat]) == set()


def test_the_office_of_a_region_is_that_regions_wherever_its_unit_is(regions):
    social, regional = regions.actor("competent").unit, regions.actor("regional")
    held = offices.of_units([social])
    assert naming.offered(regional, [Seat("authority", social), Seat("competent", social)]) == {
        Seat("authority", social)
    }
    assert naming.is_there(Seat("authority", social), held=held)
    assert not naming.is_there(Seat("operator", social), held=held)
