"""A second factor is set by who knows the password, asked for, used once a code, and removed, each with its entry."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from acting import NOW, PASSWORD, entries
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import connection

from hutong.control.units import factors, logins, queries, rules
from hutong.control.units.models import FailedLogin
from hutong.core import defaults
from hutong.plane.keys import Keyring

AT = datetime(2026, 11, 24, 8, 0, 10, tzinfo=UTC)
"""By the telephones' clock."""
SECRET = b"12345678901234567890"
CODES = defaults.number("login.codes")
WITHIN = timedelta(minutes=defaults.number("login.within_minutes"))
OWNER = "-c role=hutong_owner"


def code(after: int = 0) -> str:
    """The code so many steps of 30 seconds after `AT`."""
    return TOTP(SECRET, 6, SHA1(), 30).generate(int(AT.timestamp()) + 30 * after).decode()


@dataclass
class Officer:
    """The editor, with a telephone."""

    keyring: Keyring

    def show(self, given: str, after: int = 1, *, source: str = "10.0.0.1", now: datetime = NOW) -> factors.ShownCode:
        at = AT + timedelta(seconds=30 * after)
        return factors.ShownCode(username="editor", code=given, source=source, keyring=self.keyring, at=at, now=now)

    def put(self, *, given: str = code(), present: str = PASSWORD) -> list[str]:
        return factors.put(self.show(given, after=0), present=present, secret=SECRET)

    def login(self, given: str, **changes) -> None:
        factors.login(self.show(given, **changes), unit=queries.actor("editor", now=NOW).unit)

    def renew(self, given: str) -> list[str]:
        return factors.renew_recovery(self.show(given))

    def remove(self, given: str) -> None:
        factors.remove(self.show(given))


@pytest.fixture
def editor(county, tmp_path) -> Officer:
    return Officer(Keyring.create(tmp_path / "keys"))


def last(url: str, event: str) -> str:
    with psycopg.connect(url, options=OWNER) as opened:
        row = opened.execute("select record from audit.entry where event = %s order by id desc limit 1", [event])
        return str(row.fetchone()[0])


@pytest.mark.clause("SX-11-a")
def test_a_second_factor_is_set_with_its_entry_and_lets_in(county, editor):
    codes = editor.put()

    assert (len(set(codes)), queries.factor("editor")) == (10, queries.Factor(NOW, 10))
    assert "second_factor_set" in last(county.url, "auth.changed")
    editor.login(code(1))
    assert "password+totp" in last(county.url, "auth.login")


def test_neither_the_secret_nor_a_recovery_code_lies_in_the_database(county, editor):
    codes = editor.put()
    with psycopg.connect(county.url, options=OWNER) as opened:
        (row,) = opened.execute("select f::text from units_secondfactor f").fetchone()
        (log,) = opened.execute("select string_agg(record::text, '') from audit.entry").fetchone()

    for hidden in (SECRET.hex(), SECRET.decode(), *codes, *(each.replace("-", "") for each in codes)):
        assert hidden not in row
        assert hidden not in log


@pytest.mark.clause("SX-11-a")
def test_a_code_lets_in_once_and_no_earlier_one_after_it(editor):
    editor.put()
    editor.login(code(2), after=1)

    for used in (code(2), code(1)):
        with pytest.raises(factors.CodeWrong):
            editor.login(used, after=2)
    editor.login(code(3), after=3)


def test_of_two_who_send_the_same_code_at_once_one_comes_in(county, editor):
    codes = editor.put()

    def enter(_: int) -> bool:
        try:
            editor.login(codes[0])
        except factors.CodeWrong:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as together:
        assert sum(together.map(enter, range(6))) == 1
    assert queries.factor("editor").recovery_left == 9


def test_a_recovery_code_lets_in_once_however_it_is_typed(county, editor):
    codes = editor.put()
    editor.login(f" {codes[0].upper()} ")

    assert "password+recovery" in last(county.url, "auth.login")
    with pytest.raises(factors.CodeWrong):
        editor.login(codes[0])
    editor.login(codes[1].replace("-", ""))
    assert queries.factor("editor").recovery_left == 8


def test_what_failed_before_counts_no_more_once_someone_is_in(county, editor):
    editor.put()
    logins.claim_attempt(username="editor", source="10.0.0.1", now=NOW)
    editor.login(code(1))

    assert FailedLogin.objects.count() == 0


@pytest.mark.clause("SX-11-a")
def test_wrong_codes_are_entered_and_after_some_none_is_looked_at_wherever_they_come_from(county, editor):
    editor.put()
    for number in range(CODES):
        with pytest.raises(factors.CodeWrong):
            editor.login("000000", source=f"10.0.1.{number}")

    assert entries(county.url, "auth.failed") == CODES
    assert "CODE_WRONG" in last(county.url, "auth.failed")
    with pytest.raises(rules.CodesBlocked) as blocked:
        editor.login(code(1), source="10.0.2.1", now=NOW + timedelta(minutes=4, seconds=1))
    assert blocked.value.facts == {"minutes": 11, "retry_after": 10 * 60 + 59}
    with pytest.raises(rules.CodesBlocked):
        editor.login(code(1), source="10.0.2.2")
    assert entries(county.url, "auth.blocked") == 1
    assert f'"failures":{CODES},"method":"code","officer":"editor"' in last(county.url, "auth.blocked")
    editor.login(code(1), now=NOW + WITHIN)


def test_a_right_code_ends_the_counting(county, editor):
    editor.put()
    for after in range(1, 4):
        for _ in range(CODES - 1):
            with pytest.raises(factors.CodeWrong):
                editor.login("000000", after=after)
        editor.login(code(after), after=after)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"present": "guessed"}, logins.PasswordWrong),
        ({"given": "000000"}, factors.CodeWrong),
        ({"given": code(5)}, factors.CodeWrong),
    ],
)
def test_without_password_and_code_nothing_is_set(county, editor, given, refusal):
    with pytest.raises(refusal):
        editor.put(**given)
    assert queries.factor("editor") is None
    assert entries(county.url, "auth.changed") == 0


def test_a_second_one_is_refused_and_the_first_stays(county, editor):
    editor.put()
    with pytest.raises(factors.FactorThere):
        editor.put()
    editor.login(code(1))


def test_new_recovery_codes_take_the_place_of_the_old(county, editor):
    old = editor.put()
    new = editor.renew(code(1))

    assert "recovery_codes_renewed" in last(county.url, "auth.changed")
    with pytest.raises(factors.CodeWrong):
        editor.login(old[0])
    editor.login(new[0])


def test_an_officer_removes_it_by_a_code_and_an_operator_without(county, editor):
    editor.put()
    with pytest.raises(factors.CodeWrong):
        editor.remove("000000")
    editor.remove(code(1))
    assert queries.factor("editor") is None
    editor.put()
    factors.reset(username="editor", now=NOW, by="operator")

    assert queries.factor("editor") is None
    assert "second_factor_removed" in last(county.url, "auth.changed")
    with pytest.raises(factors.FactorMissing):
        factors.reset(username="editor", now=NOW, by="operator")


def test_without_its_entry_nothing_happens(county, editor, log_down):
    codes = editor.put()
    log_down(county.url)
    for act in (editor.login, editor.renew, editor.remove):
        with pytest.raises(Exception, match="permission denied"):
            act(codes[0])
    with pytest.raises(Exception, match="permission denied"):
        factors.reset(username="editor", now=NOW, by="operator")

    assert queries.factor("editor").recovery_left == 10


def test_without_its_entry_none_is_set(county, editor, log_down):
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        editor.put()
    assert queries.factor("editor") is None


def test_who_must_have_one_is_told_by_roles(county):
    assert rules.must_set_factor(queries.actor("editor", now=NOW), roles={"provider_editor", "authority"})
    assert not rules.must_set_factor(queries.actor("editor", now=NOW), roles={"authority"})
    assert not rules.must_set_factor(queries.actor("editor", now=NOW), roles=())
