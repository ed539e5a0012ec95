"""Article 11, 统一认证 and 访问控制 for programs: what an officer's token opens, what it never does, what ends it."""

import json
from datetime import timedelta

import bearing
import handing
import psycopg
import pytest
from acting import NOW, PASSWORD
from bearing import Program
from desks import at, hire
from telling import staffed

from hutong.audit import refusals
from hutong.control import recording
from hutong.control.recording import Bearer
from hutong.control.units import factors, officers, postings, powers, queries, token_list, tokens
from hutong.control.units import operations as members
from hutong.control.units.models import PersonalToken
from hutong.core import defaults, merkle
from hutong.core.errors import Faults, Problem
from hutong.plane.keys import Keyring

LIFE = "sharing.application"
OWNER = "-c role=hutong_owner"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ring(tmp_path) -> Keyring:
    return Keyring.create(tmp_path / "keys.json")


def told(county, event: str) -> list[dict]:
    with psycopg.connect(county.url, options=OWNER) as opened:
        rows = opened.execute("select record::text from audit.entry where event = %s order by id", [event])
        return [json.loads(record) for (record,) in rows]


def leaves(county) -> dict[str, str]:
    """Return the event of each entry by the hash of its leaf."""
    with psycopg.connect(county.url, options=OWNER) as opened:
        found = opened.execute(
            "select e.event, p.leaf from audit.entry e join audit.pending_leaf p on p.entry_id = e.id"
        )
        return {merkle.leaf_hash(bytes(leaf)).hex(): event for event, leaf in found}


def answered(program: Program) -> tuple[int, str]:
    answer = program.get("turns")
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.clause("SX-11-a")
def test_a_program_takes_a_step_by_its_officers_token_and_the_log_says_so_of_each_entry(county, ring):
    number = county.draft()
    with at(NOW):
        program = Program(bearing.made("consumer", ring))
        assert [each["number"] for each in program.get("turns").json()["turns"]] == [number]
        done = program.act(LIFE, number, "lodge")
    assert (done.status_code, done.json()["state"]["code"]) == (200, "LODGED")
    beside, known = told(county, "auth.token_acted"), leaves(county)
    assert [known[each["leaf"]] for each in beside] == [each["event"] for each in beside]
    assert "sharing.application_moved" in {each["event"] for each in beside}
    assert {(each["by"], each["token"]) for each in beside} == {("consumer", program.token[11:23])}


@pytest.mark.clause("SX-11-a")
def test_what_a_person_does_is_not_said_to_be_done_under_a_token(county, ring):
    number = county.draft()
    bearing.made("consumer", ring)
    county.take(number, "lodge", by="consumer")
    assert told(county, "auth.token_acted") == []


@pytest.mark.clause("SX-11-a")
def test_of_a_token_a_digest_is_kept_and_its_beginning_is_known(county, ring):
    token = bearing.made("consumer", ring)
    assert token.startswith("hutong_pat_")
    with psycopg.connect(county.url, options=OWNER) as opened:
        (row,) = opened.execute("select t::text from units_personaltoken t").fetchone()
        (log,) = opened.execute("select string_agg(record::text, '') from audit.entry").fetchone()
    assert token[24:] not in row and token[24:] not in log


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(
    ("present", "code", "why"),
    [("wrong", "", "PASSWORD_WRONG"), (PASSWORD, "000000", "CODE_WRONG"), ("", "", "PASSWORD_WRONG")],
)
def test_a_token_is_made_by_password_and_second_factor_alone(county, ring, present, code, why):
    bearing.with_factor("consumer", ring)
    shown = bearing.shown("consumer", ring, after=1)
    wrong = factors.ShownCode("consumer", code, bearing.SOURCE, ring, shown.at, shown.now) if code else shown
    asked = tokens.TokenFacts("汇总", {"applications": "read"}, 30)
    actor = queries.actor("consumer", now=shown.now)
    with pytest.raises(Problem) as refused:
        tokens.make(asked, rooms={"applications"}, actor=actor, present=present, shown=wrong)
    assert (refused.value.code, PersonalToken.objects.count()) == (why, 0)


@pytest.mark.clause("SX-11-a")
def test_who_has_no_second_factor_has_no_token(county, ring):
    shown = bearing.shown("consumer", ring)
    asked = tokens.TokenFacts("汇总", {"applications": "read"}, 30)
    with pytest.raises(factors.FactorMissing):
        tokens.make(
            asked, rooms={"applications"}, actor=queries.actor("consumer", now=shown.now), present=PASSWORD, shown=shown
        )
    assert not PersonalToken.objects.exists()


@pytest.mark.clause("SX-11-a")
def test_a_token_says_its_name_scope_and_days_within_the_rulebooks_bounds_all_told_at_once(county, ring):
    bearing.with_factor("consumer", ring)
    shown = bearing.shown("consumer", ring, after=1)
    actor, most = queries.actor("consumer", now=shown.now), defaults.number("token.days")
    with pytest.raises(Faults) as refused:
        tokens.make(
            tokens.TokenFacts(" ", {"nowhere": "act"}, most + 1), rooms={"applications"}, actor=actor, present=PASSWORD,
            shown=shown,
        )  # fmt: skip
    assert [each.code for each in refused.value.problems] == ["TOKEN_NAMELESS", "TOKEN_SCOPELESS", "TOKEN_DAYS_WRONG"]


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("scopes", [{"applications": "read"}, {"registrations": "act"}], ids=["reads", "elsewhere"])
def test_a_token_does_no_more_than_its_scope_and_the_officer_no_more_than_the_roles(county, ring, scopes):
    number = county.draft()
    program = Program(bearing.made("consumer", ring, scopes=scopes))
    said = {"action": "lodge", "at": "0.0.0.x"}
    assert program.send(f"cases/{LIFE}/{number}/acts", said).json()["code"] == "BEYOND_SCOPE"
    reads = program.get(f"cases/{LIFE}/{number}")
    assert (reads.status_code == 200) == ("applications" in scopes)
    assert bool(program.get("turns").json()["turns"]) == ("applications" in scopes)


def another_password(county):
    members.choose_password(username="consumer", password="another horse 互通", now=NOW + MINUTE)


def stopped(county):
    members.set_active(username="consumer", active=False, now=NOW + MINUTE, by="init")


def without_role(county):
    members.take_role(username="consumer", role="consumer", reason="转岗", now=NOW + MINUTE, by="init")


def without_factor(county):
    factors.reset(username="consumer", now=NOW + MINUTE, by="init")


def moved(county):
    postings.move(username="consumer", unit=county.police, reason="调动", now=NOW + MINUTE, by="init")


def revoked(county):
    (token,) = PersonalToken.objects.all()
    tokens.end(token.pk, actor=queries.actor("consumer", now=NOW), now=NOW + MINUTE)


def renewed(county):
    hire(county, "accounts", "管理", unit=county.police, roles=("system_admin",))
    officers.renew_password(username="consumer", actor=queries.actor("accounts", now=NOW), now=NOW + MINUTE)


def handed_over(county):
    handing.staffed(county)
    handing.handed(county, now=NOW + MINUTE)


ENDS = (another_password, stopped, without_role, without_factor, moved, revoked, renewed, handed_over)


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_token_ends_with_what_it_rests_on_and_its_end_is_entered(county, ring, end):
    with at(NOW):
        program = Program(bearing.made("consumer", ring))
        assert answered(program) == (200, "")
    end(county)
    with at(NOW + 2 * MINUTE):
        assert answered(program) == (401, "TOKEN_ENDED")
    assert [each["officer"] for each in told(county, "auth.token_ended")] == ["consumer"]


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("end", ENDS[:5], ids=lambda end: end.__name__)
def test_a_token_opens_nothing_though_nobody_has_ended_its_row(county, ring, end):
    """What it rests on is looked at with each request."""
    with at(NOW):
        program = Program(bearing.made("consumer", ring))
    end(county)
    PersonalToken.objects.update(ended_at=None)
    with at(NOW + 2 * MINUTE):
        assert answered(program) == (401, "TOKEN_ENDED")


@pytest.mark.clause("SX-11-a")
def test_a_token_counts_to_the_end_of_its_last_day(county, ring):
    with at(NOW):
        program = Program(bearing.made("consumer", ring, days=1))
    token = PersonalToken.objects.get()
    for moment, status in ((token.until_at - MINUTE, 200), (token.until_at, 401)):
        with at(moment):
            assert answered(program)[0] == status


@pytest.mark.clause("SX-11-a")
def test_guessed_tokens_make_the_next_attempt_wait_as_passwords_do(county, ring):
    with at(NOW):
        token = bearing.made("consumer", ring)
        guess = Program(f"{token[:24]}{'x' * 43}")
        codes = [answered(guess) for _ in range(defaults.number("login.attempts") + 1)]
    assert {codes[0], codes[-1]} == {(401, "TOKEN_REFUSED"), (429, "LOGIN_BLOCKED")}
    with at(NOW):
        assert answered(Program(token))[1] == "LOGIN_BLOCKED"
    failed = told(county, "auth.failed")
    assert {(each["officer"], each["method"], each["reason"]) for each in failed} == {
        ("consumer", "token", "TOKEN_REFUSED")
    }


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("sent", ["", "hutong_pat_", "x", "hutong_pat_zzzzzzzzzzzz_short", "hutong_pat_\x00_y"])
def test_without_a_token_nothing_is_answered_and_how_one_is_shown_is_said(county, sent):
    answer = Program(sent).get("turns")
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_REFUSED")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.clause("SX-11-a")
def test_a_token_asks_no_more_often_than_the_rulebook_lets_it(county, ring):
    with at(NOW):
        program = Program(bearing.made("consumer", ring))
        PersonalToken.objects.update(minute=NOW.replace(second=0), requests=defaults.number("token.minute_requests"))
        answer = program.get("turns")
        assert (answer.status_code, answer.json()["code"]) == (429, "TOKEN_BUSY")
        assert 0 < int(answer.headers["Retry-After"]) <= 60
    with at(NOW + MINUTE):
        assert answered(program) == (200, "")


@pytest.mark.clause("SX-11-a")
def test_what_a_program_is_refused_is_entered_with_its_token_and_a_flood_by_its_number(county, ring):
    number = county.draft()
    with at(NOW):
        program = Program(bearing.made("approver", ring))
        for _ in range(refusals.SINGLY + 5):
            program.send(f"cases/{LIFE}/{number}/acts", {"action": "lodge", "at": "0.0.0.x"})
    refused = told(county, "desk.refused")
    assert len(refused) == refusals.SINGLY
    assert {each["by"] for each in refused} == {"approver"}
    assert all(each["place"].endswith(program.token[11:23]) for each in refused)


@pytest.mark.clause("SX-11-a")
def test_no_token_makes_tokens_or_touches_accounts(county, ring):
    hire(county, "accounts", "管理", unit=county.police, roles=("system_admin",))
    bearing.with_factor("accounts", ring)
    shown = bearing.shown("accounts", ring, after=1)
    actor = queries.actor("accounts", now=shown.now)
    asked = tokens.TokenFacts("汇总", {"applications": "read"}, 30)
    tried = (
        lambda: tokens.make(asked, rooms={"applications"}, actor=actor, present=PASSWORD, shown=shown),
        lambda: officers.renew_password(username="consumer", actor=actor, now=shown.now),
        lambda: officers.set_active(username="consumer", active=False, actor=actor, now=shown.now),
        lambda: tokens.end("x", actor=actor, now=shown.now),
    )
    with recording.under(Bearer("t", "accounts", actor.unit)):
        for each in tried:
            with pytest.raises(powers.NotByToken):
                each()


@pytest.mark.clause("SX-11-a")
def test_a_units_administrator_sees_and_ends_the_tokens_of_its_officers_and_of_no_others(county, ring):
    staffed(county)
    with at(NOW):
        theirs, others = bearing.made("consumer", ring), bearing.made("editor", ring)
        admin = queries.actor("unit_admin", now=NOW)
        seen = token_list.visible(admin, token_list.TokenFilters(), now=NOW)
        assert [(each.officer, each.revocable) for each in seen] == [("consumer", True)]
        tokens.end(theirs[11:23], actor=admin, reason="程序已下线", now=NOW)
        with pytest.raises(Problem):
            tokens.end(others[11:23], actor=admin, reason="程序已下线", now=NOW)
        assert answered(Program(theirs)) == (401, "TOKEN_ENDED")
        assert answered(Program(others)) == (200, "")
    (ended,) = told(county, "auth.token_ended")
    assert (ended["by"], ended["reason"]) == ("unit_admin", "程序已下线")


@pytest.mark.clause("SX-11-a")
def test_what_is_sent_twice_with_one_key_is_done_once_and_answered_alike(county, ring):
    number = county.draft()
    with at(NOW):
        program = Program(bearing.made("consumer", ring))
        said = {"action": "lodge", "at": program.get(f"cases/{LIFE}/{number}").json()["at"]}
        first, second = (program.send(f"cases/{LIFE}/{number}/acts", said, idempotency_key="k1") for _ in range(2))
        assert (first.status_code, first.json()) == (200, second.json())
        assert first.json()["repeated"] is False
        other = program.send(f"cases/{LIFE}/{number}/acts", {**said, "action": "take_back"}, idempotency_key="k1")
        assert (other.status_code, other.json()["code"]) == (422, "KEY_USED_OTHERWISE")
        third = program.send(f"cases/{LIFE}/{number}/acts", said)
        assert (third.status_code, third.json()["repeated"]) == (200, True)
    assert len([each for each in told(county, "sharing.application_moved") if each["action"] == "lodge"]) == 1
