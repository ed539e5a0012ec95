"""Where no administrator has a password that works, one is vouched for at the server, and it is entered why."""

import pytest
from acting import NOW, entries
from desks import hire
from django.contrib import auth

from hutong.control.procedures.rules import NotYourRole
from hutong.control.units import officers, queries, vouching


@pytest.mark.clause("SX-11-a")
def test_where_no_password_works_any_more_one_is_helped_in_at_the_server_and_it_is_entered_why(county):
    for username in ("accounts", "second"):
        hire(county, username, f"管理{username}", unit=county.police, roles=("system_admin",))
    for username, reason, refusal in (
        ("accounts", " ", vouching.VouchedWithoutReason),
        ("operator", "夜间值班", NotYourRole),
        ("nobody", "夜间值班", queries.NoSuchOfficer),
    ):
        with pytest.raises(refusal):
            vouching.vouch(username, reason=reason, source="console", now=NOW)
    assert entries(county.url, "auth.vouched") == 0

    actor = vouching.vouch("accounts", reason="两名系统管理员的口令均已遗失", source="console", now=NOW)
    made = officers.renew_password(username="second", actor=actor, now=NOW)

    assert auth.authenticate(username="second", password=made)
    assert entries(county.url, "auth.vouched") == 1
