"""At the command line, too, a password that another made opens nothing but its change."""

import pytest
from acting import NOW, PASSWORD
from test_who_acts import folder, run

from hutong.control.units import operations as members
from hutong.control.units import queries

__all__ = ["folder"]
CHOSEN = "another one of 口令"
MADE = "made-by-another-one"


@pytest.mark.clause("SX-11-a", "PS-05-1c")
def test_a_password_that_was_given_out_opens_nothing_but_its_change(folder, county):
    members.set_password(username="operator", password=MADE, now=NOW, by="system")
    status, told = run("officer add", "newcomer", "陈新", "示范县民政局", "--password", MADE, by="operator")
    assert (status, "made by another and given out" in told) == (1, True), told
    for wrong, why in ((MADE, "PasswordSame"), ("short", "PasswordWeak"), ("operator", "PasswordIsName")):
        status, told = run("officer change-password", "--new-password", wrong, "--password", MADE, by="operator")
        assert status == 1, (why, told)
    assert queries.password_given("operator")
    status, told = run("officer change-password", "--new-password", CHOSEN, "--password", MADE, by="operator")
    assert status == 0, told
    assert not queries.password_given("operator")
    status, told = run("key request", "log", "--reason", "年度更换", "--password", CHOSEN, by="operator")
    assert status == 0, told


def test_any_officer_changes_the_own_password_and_no_other(folder, county):
    status, told = run("officer change-password", "--new-password", CHOSEN, by="consumer")
    assert status == 0, told
    assert run("officer change-password", "--new-password", CHOSEN, by="consumer")[0] == 1  # the old one is no more
    assert run("officer change-password", "--new-password", CHOSEN, "--password", PASSWORD, by="editor")[0] == 0
