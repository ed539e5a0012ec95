"""Front-end servers: what is declared in its one form, page by page, and all or nothing."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import fronting
import pytest
from acting import NOW
from psycopg.errors import InsufficientPrivilege

from hutong.control.nodes import changing, drifts, passes, queries, rules, standing
from hutong.control.nodes.models import FrontEndServer, ServerChange
from hutong.control.nodes.queries import ServerFilters
from hutong.core.errors import Faults, Judging

TODAY = date(2026, 3, 2)


def declared(**changes: object) -> dict[str, object]:
    judging = Judging()
    found = rules.declared({**fronting.FACTS, **changes}, today=TODAY, judging=judging)
    judging.end()
    return found


def test_what_is_typed_otherwise_and_is_the_same_is_declared_the_same():
    usual = declared()
    assert usual["tables"] == ["marriage: number, name", "relief: id, name, address"]
    assert usual["accounts"] == ["share_in", "share_out"]
    other = declared(
        tables="\nrelief（id name，address）\n\nmarriage: number; name\n", accounts="share_out，share_in",
        host="１０.20.30.40",
    )  # fmt: skip
    assert (other, rules.digest(other)) == (usual, rules.digest(usual))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"host": "http://x/"}, rules.ServerHostMisshaped), ({"port": 0}, rules.ServerIncomplete),
        ({"port": 65_536}, rules.PortOutOfRange), ({"accounts": "a b"}, rules.AccountMisshaped),
        ({"accounts": "a:b"}, rules.AccountMisshaped), ({"tables": "relief"}, rules.TableMisshaped),
        ({"tables": "relief:"}, rules.TableMisshaped), ({"tables": "a: b\na: c"}, rules.TableTwice),
        ({"password_date": date(2026, 3, 3)}, rules.PasswordDateAhead), ({"managed": "NOBODY"}, rules.ServerIncomplete),
        ({"contact": "　"}, rules.ServerIncomplete),
    ],
)  # fmt: skip
def test_what_cannot_be_declared_is_refused_by_name(changes, refusal):
    with pytest.raises(refusal):
        declared(**changes)


def test_all_that_a_server_lacks_is_told_at_once(county):
    with pytest.raises(Faults) as told:
        fronting.drafted(county, name="", host="", accounts=" ", contact="")
    assert len(told.value.problems) == 4


def test_pages_of_servers_and_of_changes_are_short_of_none(county):
    server = fronting.registered(county)
    nos = [fronting.change(county, server, port=port) for port in range(1, 6)]
    actor, found, after = county.actor("operator"), [], None
    while page := queries.changes(actor, ServerFilters(), after=after, limit=2):
        found += [each.no for each in page]
        after = (page[-1].entered_at, page[-1].pk)
    assert sorted(found) == sorted(nos)
    assert queries.changes_counted(actor, ServerFilters(item="connection")) == len(nos)
    assert queries.changes_counted(actor, ServerFilters(item="schema")) == 0
    assert [each.no for each in queries.servers(actor, ServerFilters(words="QZJ-01", managed="SELF"))] == [server]
    assert queries.servers_counted(county.actor("editor"), ServerFilters()) == 0


def test_a_change_that_is_approved_when_its_window_is_over_says_so_at_once(county):
    no = fronting.submitted(county, fronting.registered(county))
    late = fronting.IN_TIME + 2 * fronting.HOURS
    assert fronting.take(county, no, "approve", by="operator", now=late) == "OUT_OF_WINDOW"
    assert passes.windows(now=late, calendar=county.calendar) == []


def test_two_changes_of_one_server_do_not_undo_each_other(county):
    server = fronting.registered(county)
    one = fronting.submitted(county, server, port=6432)
    other = fronting.submitted(county, server, port=5432, host="10.9.9.9")
    for no in (one, other):
        fronting.take(county, no, "approve", by="operator")
        fronting.take(county, no, "execute", by="unit_admin", now=fronting.IN_TIME)
        fronting.take(county, no, "verify", by="operator", now=fronting.IN_TIME)
    facts = FrontEndServer.objects.get(no=server).facts
    assert (facts["port"], facts["host"]) == (6432, "10.9.9.9")


def test_nothing_is_written_down_where_its_entry_cannot_be_written(county, log_down):
    server = fronting.registered(county)
    log_down(county.url)
    with pytest.raises(InsufficientPrivilege):
        fronting.drafted(county, code="QZJ-02")
    with pytest.raises(InsufficientPrivilege):
        fronting.change(county, server)
    assert (FrontEndServer.objects.count(), ServerChange.objects.count()) == (1, 0)


def test_what_was_handed_in_is_edited_no_more(county):
    server = fronting.registered(county)
    no = fronting.submitted(county, server)
    with pytest.raises(rules.ServerChangeNotEditable):
        changing.amend(no, {**fronting.FACTS, "reason": "x", "port": 1}, actor=county.actor("unit_admin"), now=NOW)


def test_what_servers_say_of_themselves_is_read_of_all_at_once(county):
    heard, silent = fronting.registered(county, system="civil-app"), fronting.registered(county, code="QZJ-02")
    fronting.heard(county, digest="d" * 64)
    told = standing.of(list(FrontEndServer.objects.select_related("unit")), now=NOW)
    assert (told[heard].heard_at, told[heard].differs, told[heard].lost) == (NOW, True, False)
    assert told[silent] == standing.Standing(signs=False)


def test_a_page_of_drifts_begins_where_the_one_before_ended(county):
    nos = [fronting.drifted(county)]
    for number in range(1, 4):
        moment = NOW + number * timedelta(minutes=1)
        fronting.heard(county, digest=f"{number}" * 64, now=moment)
        nos += passes.find_drifts(now=moment, calendar=county.calendar)
    actor = county.actor("operator")
    first = drifts.drifts(actor, ServerFilters(), limit=3)
    rest = drifts.drifts(actor, ServerFilters(), after=(first[-1].entered_at, first[-1].pk))
    assert [each.no for each in (*first, *rest)] == nos[::-1]
    assert (drifts.counted(actor, ServerFilters(state="FOUND")), drifts.to_be_found(now=NOW)) == (4, [])


def test_the_page_for_programs_says_how_the_digest_is_made():
    page = (Path(__file__).parents[3] / "docs" / "profile.md").read_text(encoding="utf-8")
    part = page.partition("## What a front-end server tells")[2].partition("\n## ")[0]
    example = json.loads(re.search(r"```json\n(.*?)```", part, re.DOTALL)[1])
    assert set(example) == set(rules.DECLARED)
    assert f"`{rules.digest(example)}`" in part
