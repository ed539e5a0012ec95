"""Deputies: nobody is as a deputy what one person may not be, and nobody fills in who is not there."""

from datetime import date

import pytest
from acting import NOW, PASSWORD, County

from hutong.control.units import deputies, deputyships, passing_on, queries
from hutong.control.units import operations as members
from hutong.control.units.deputyships import DeputyFilters
from hutong.control.units.models import RoleAssignment
from hutong.control.units.queries import NoSuchOfficer
from hutong.control.units.rules import ADMINISTERING, OFFICES, ROLES, RolesNotSeparated
from hutong.core.lifecycle import Seat


@pytest.fixture
def audited(county) -> County:
    """A county that has an auditor."""
    members.add_officer(
        username="auditor", password=PASSWORD, name="吴敏", unit=county.actor("competent").unit, roles=["auditor"],
        now=NOW, by="init",
    )  # fmt: skip
    return county


def name(county: County, username: str, *, role: str, unit: str) -> int:
    return deputies.name(
        role=role, unit=unit, username=username, until_date=date(2026, 6, 30), reason="空缺",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("role", sorted(set(ROLES) - {"auditor"}))
def test_an_auditor_fills_in_for_nobody_whose_work_is_audited(audited, role):
    with pytest.raises(RolesNotSeparated):
        name(audited, "auditor", role=role, unit=audited.police)
    assert deputyships.listed(DeputyFilters(now=True)) == []


@pytest.mark.clause("SX-11-a")
def test_whose_role_came_later_and_does_not_go_with_filling_in_has_no_turn(audited):
    name(audited, "consumer", role="provider_approver", unit=audited.police)
    seat = Seat("provider_approver", audited.police)
    assert (audited.actor("consumer").deputises, queries.staff([seat])[seat]) == ({seat}, {"approver", "consumer"})
    RoleAssignment.objects.filter(officer__user__username="consumer").update(role="auditor")
    assert (audited.actor("consumer").deputises, queries.staff([seat])[seat]) == (set(), {"approver"})


def test_a_deputy_comes_from_elsewhere_and_drafts_nothing_where_it_is_approved(audited):
    with pytest.raises(deputies.DeputyFromThere):
        name(audited, "editor", role="provider_approver", unit=audited.police)
    with pytest.raises(deputies.DeputyFromThere):
        name(audited, "approver", role="provider_approver", unit=audited.police)
    colleague = {"username": "colleague", "name": "卫东", "unit": audited.actor("authority").unit}
    members.add_officer(**colleague, password=PASSWORD, roles=["provider_editor"], now=NOW, by="init")
    with pytest.raises(deputies.DeputyFromThere):
        name(audited, "colleague", role="authority", unit=audited.seat("authority").unit)
    assert deputyships.listed(DeputyFilters(now=True)) == []
    name(audited, "colleague", role="provider_approver", unit=audited.police)


@pytest.mark.clause("SX-11-a")
def test_who_fills_in_for_one_who_is_audited_becomes_no_auditor_before_that_is_over(audited):
    number = name(audited, "consumer", role="operator", unit=audited.seat("operator").unit)
    with pytest.raises(RolesNotSeparated):
        members.give_role(username="consumer", role="auditor", now=NOW, by="init")
    members.take_role(username="consumer", role="consumer", reason="转岗", now=NOW, by="init")
    with pytest.raises(RolesNotSeparated):
        members.give_role(username="consumer", role="auditor", now=NOW, by="init")
    deputies.end(number, actor=audited.actor("authority"), now=NOW)
    members.give_role(username="consumer", role="auditor", now=NOW, by="init")
    assert audited.actor("consumer").roles == {"auditor"}


@pytest.mark.parametrize("role", OFFICES)
def test_a_deputy_of_an_office_fills_in_where_it_is_held(audited, role):
    with pytest.raises(deputies.UnitWithoutOffice):
        name(audited, "competent", role=role, unit=audited.police)
    assert deputyships.listed(DeputyFilters(now=True)) == []
    passing_on.give(role=role, region="330106", unit=audited.police, reason="试点", now=NOW, by="init")
    name(audited, "competent", role=role, unit=audited.police)
    assert audited.actor("competent").deputises == {Seat(role, audited.police)}


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("role", ADMINISTERING)
def test_nobody_fills_in_for_one_who_administers_or_audits(audited, role):
    RoleAssignment.objects.filter(officer__user__username="consumer").delete()
    with pytest.raises(deputies.DeputyOfAdministrator):
        name(audited, "consumer", role=role, unit=audited.police)
    assert deputyships.listed(DeputyFilters(now=True)) == []


@pytest.mark.parametrize("reason", ["", "  ", "\u3000", "\n"])
def test_blanks_are_no_reason_for_a_deputy(audited, reason):
    with pytest.raises(deputies.DeputyWithoutReason):
        deputies.name(
            role="provider_approver", unit=audited.police, username="consumer", until_date=date(2026, 6, 30),
            reason=reason, actor=audited.actor("authority"), now=NOW,
        )  # fmt: skip
    assert deputyships.listed(DeputyFilters(now=True)) == []


def test_nobody_fills_in_whose_account_or_unit_is_stopped(audited):
    members.set_active(username="approver", active=False, now=NOW, by="init")
    with pytest.raises(NoSuchOfficer):
        name(audited, "approver", role="operator", unit=audited.seat("operator").unit)
    assert deputyships.listed(DeputyFilters(now=True)) == []
