"""IS-2.2-b: everybody agrees to the rules of the platform: which, by version and digest, and when."""

import hashlib
from datetime import timedelta

import psycopg
import pytest
from acting import NOW, entries
from desks import at, entered, seen, words
from django.test import Client
from outcomes import DONE, came_of
from registering import administrator, applied, take
from releasing import FIRST, SECOND, released

from hutong.control.procedures.models import Turn
from hutong.control.registration import accepting, rules_of_use
from hutong.control.registration.models import Registration, RulesAccepted
from hutong.control.releases import queries
from hutong.control.releases.rules import RULES_OF_USE, Sentence
from hutong.core import beijing

pytestmark = pytest.mark.clause("IS-2.2-b")
ACCEPT = "/zh/desk/registrations/rules/accept/"


def owed(county, by: str = "consumer", now=NOW) -> int:
    found = accepting.owed(county.actor(by, now=now), now=now)
    return found.number if found else 0


def as_control(county, statement: str) -> None:
    with psycopg.connect(county.url, options="-c role=hutong_control") as opened:
        opened.execute(statement)


def test_nobody_is_asked_until_rules_are_released_and_then_everybody_once_for_each_release(county):
    asked = [owed(county)]
    released(county)
    asked.append(owed(county))
    accepting.accept(rules_of_use.current().digest, actor=county.actor("consumer"), now=NOW)
    asked += [owed(county), owed(county, "editor")]
    released(county, SECOND)
    asked.append(owed(county))
    assert asked == [0, 1, 0, 1, 2]


def test_an_acceptance_is_kept_with_version_digest_moment_and_person_and_for_good(county):
    released(county)
    digest = rules_of_use.current().digest
    for _ in range(2):
        accepting.accept(digest, actor=county.actor("consumer"), now=NOW)
    (kept,) = RulesAccepted.objects.values_list("officer", "version", "digest", "accepted_at")
    assert kept == ("consumer", "R1", digest, NOW)
    assert entries(county.url, "registration.rules_accepted") == 1
    assert came_of(accepting.accept, "0" * 64, actor=county.actor("consumer"), now=NOW) == "RULES_CHANGED_MEANWHILE"
    for change in ("update public.registration_rulesaccepted set version = ''", "delete from public.releases_release"):
        assert came_of(as_control, county, change) == "InsufficientPrivilege"


def test_who_has_a_step_due_today_takes_it_first_and_is_asked_at_a_later_login(county):
    no = county.draft()
    county.walk(no, to="LODGED")
    released(county)
    tonight = beijing.midnight(beijing.day(NOW) + timedelta(days=1))
    turns = Turn.objects.filter(case=no)
    assert turns.exists()
    asked = []
    for late_at in (tonight, tonight + timedelta(days=1)):
        turns.update(late_at=late_at, order_at=late_at)
        asked.append(owed(county, "competent"))
    assert asked == [0, 1]


def test_what_a_unit_registers_accepts_the_rules_that_hold_by_version_and_digest(county):
    administrator(county)
    accepted = []
    for code in ("one", "two"):
        no = applied(county, "device", code=code)
        take(county, no, "accept_rules", by="unit_admin")
        accepted.append(Registration.objects.values_list("rules_version", "rules_digest").get(no=no))
        if code == "one":
            packaged = rules_of_use.current().digest
            released(county)
    assert accepted == [("1", packaged), ("R1", queries.newest(RULES_OF_USE).digest)]


def test_the_page_is_shown_once_for_a_login_before_any_other_of_the_desk_and_leads_on(county):
    with at(NOW):
        released(county)
        client = entered("consumer")
        led = client.get("/zh/desk/applications/")
        assert led.status_code == 302 and led["Location"].startswith(ACCEPT)
        page = client.get(led["Location"])
        assert FIRST[0].zh in words(page)
        form = {"digest": rules_of_use.current().digest, "next": "/zh/desk/applications/"}
        assert client.post(ACCEPT, form)["Location"] == "/zh/desk/applications/"
        assert client.get("/zh/desk/applications/").status_code == 200
        assert entered("consumer").get("/zh/desk/applications/").status_code == 200
        assert Client().get("/zh/releases/rules_of_use/1/").status_code == 200


def test_a_release_is_numbered_dated_digested_entered_and_readable_beside_another_for_good(county):
    numbers = [released(county), released(county, SECOND)]
    found = queries.release(RULES_OF_USE, 1)
    assert (numbers, found.digest) == ([1, 2], hashlib.sha256(found.body.encode()).hexdigest())
    assert (found.released_date, found.released_by) == (beijing.day(NOW), "authority")
    assert entries(county.url, "releases.released") == 2
    beside = [(each.how, each.sentence) for each in queries.compared(found, queries.release(RULES_OF_USE, 2))]
    assert beside == [("same", FIRST[0]), ("gone", FIRST[1]), ("new", SECOND[1])]
    page = Client(HTTP_HOST="localhost").get("/zh/releases/rules_of_use/2/?with=1").content.decode()
    assert FIRST[1].zh in page and SECOND[1].zh in page
    bytes_of = Client(HTTP_HOST="localhost").get("/zh/releases/rules_of_use/1/body.json").content
    assert hashlib.sha256(bytes_of).hexdigest() == found.digest
    assert Client(HTTP_HOST="localhost").get("/zh/releases/rules_of_use/9/").status_code == 404


def test_only_the_authority_releases_and_nothing_that_says_the_same_or_nothing(county):
    assert came_of(released, county, by="operator") == "RELEASE_NOT_YOURS"
    assert came_of(released, county, title=" ") == "RELEASE_INCOMPLETE"
    assert came_of(released, county, reason="") == "RELEASE_INCOMPLETE"
    assert came_of(released, county, seen=3) == DONE
    assert came_of(released, county) == "RELEASE_SAYS_THE_SAME"
    assert came_of(released, county, SECOND, seen=0) == "RELEASED_MEANWHILE"
    assert queries.newest(RULES_OF_USE).number == 1


def test_a_line_that_cites_no_clause_is_told_and_nothing_is_released(county):
    assert "发布使用规则" not in seen("consumer", "/zh/desk/registrations/")
    page, client = "/zh/desk/registrations/rules/release/", entered("authority")
    form = {"title": "使用规则", "reason": "〔2026〕7号", "seen": "0"}
    refused = client.post(page, {**form, "sentences": "SX-99 | 甲 | a\nSX-10-d | 乙"}, follow=True)
    assert words(refused).count("SENTENCE_UNFIT") >= 1
    assert queries.newest(RULES_OF_USE) is None
    said = "\n".join(f"{each.clause} | {each.zh} | {each.en}" for each in FIRST)
    client.post(page, {**form, "sentences": said})
    assert [Sentence(each.clause, each.zh, each.en) for each in queries.sentences(queries.newest(RULES_OF_USE))] == [
        *FIRST
    ]
