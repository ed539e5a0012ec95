"""A registration and its entries in the log are one: what cannot be entered has not happened."""

import pytest
from acting import NOW, County
from registering import FACTS, administrator, applied, registered, take

from hutong.control.registration import operations
from hutong.control.registration.models import Registration


@pytest.fixture
def administered(county: County) -> County:
    """The county, with an administrator of the civil affairs bureau."""
    administrator(county)
    return county


@pytest.mark.parametrize("kind", FACTS)
def test_without_its_entry_nothing_is_applied_for(administered, log_down, kind):
    log_down(administered.url)
    with pytest.raises(Exception, match="permission denied"):
        applied(administered, kind)
    assert not Registration.objects.filter(code=FACTS[kind]["code"]).exists()


def test_without_its_entry_no_application_says_anything_else(administered, log_down):
    no = applied(administered, "device")
    log_down(administered.url)
    with pytest.raises(Exception, match="permission denied"):
        facts = {**FACTS["device"], "name": "三号窗口电脑"}
        operations.amend(no, facts=facts, actor=administered.actor("unit_admin"), now=NOW)
    assert Registration.objects.get(no=no).name == "二号窗口电脑"


@pytest.mark.parametrize("kind", FACTS)
def test_without_its_entry_no_step_is_taken_and_nothing_registered(administered, log_down, kind):
    no = applied(administered, kind)
    log_down(administered.url)
    with pytest.raises(Exception, match="permission denied"):
        take(administered, no, "accept_rules", by="unit_admin")
    assert (Registration.objects.get(no=no).state, registered(administered)) == ("APPLIED", [])
