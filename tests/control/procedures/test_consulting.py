"""Whom an office may consult on a case, and who speaks for a unit (P-2)."""

import pytest
from acting import NOW, PASSWORD

from hutong.control.procedures import handling
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import operations as members
from hutong.core.text import ADMINISTRATORS

LIFE = APPLICATIONS.life.name


@pytest.fixture
def no(county) -> str:
    """The number of an application that waits at the authority."""
    number = county.draft()
    county.walk(number, to="COMPLIANCE_CHECK")
    return number


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_the_three_administrators_speak_for_no_unit(county, no, role):
    members.add_officer(
        username="apart", password=PASSWORD, name="吴敏", unit=county.police, roles=[role], now=NOW, by="init"
    )
    number = handling.consult(
        APPLICATIONS, no, unit=county.police, actor=county.actor("authority"), now=NOW, words="是否可行"
    )
    apart = county.actor("apart")
    assert handling.consultations(apart) == []
    assert handling.consultations_counted(apart) == 0
    assert not handling.consulted(LIFE, no, actor=apart)
    with pytest.raises(handling.AdministratorsHaveNoOpinion):
        handling.answer(APPLICATIONS, no, about=number, actor=apart, now=NOW, words="可行")
    with pytest.raises(handling.MayNotUrge):
        handling.urge(APPLICATIONS, no, actor=apart, now=NOW, words="请尽快")
    handling.answer(APPLICATIONS, no, about=number, actor=county.actor("editor"), now=NOW, words="可行")


def test_a_unit_consults_others_and_on_what_was_submitted(county, no):
    authority, consumer = county.actor("authority"), county.actor("consumer")
    with pytest.raises(handling.OwnUnitConsulted):
        handling.consult(APPLICATIONS, no, unit=authority.unit, actor=authority, now=NOW, words="是否可行")
    draft = county.draft()
    with pytest.raises(handling.NotYetSubmitted):
        handling.consult(APPLICATIONS, draft, unit=county.police, actor=consumer, now=NOW, words="是否可行")
    assert handling.consultations(county.actor("editor")) == handling.consultations(authority) == []
