"""Article 11: an examiner reads the records of its units for its days, and neither does nor reads else."""

from datetime import timedelta

import psycopg
import pytest
from acting import NOW, UNITS
from desks import at, entered, hire, seen
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from hypothesis import given
from hypothesis import strategies as st

from hutong.audit import reading
from hutong.audit.events import RecordClass
from hutong.audit.searching import ClassNotYours, RecordFilters
from hutong.control.procedures.procedure import installed
from hutong.control.sharing import usage
from hutong.control.units import examining, officers, queries
from hutong.control.units.models import ExaminerScope
from hutong.control.units.rules import Actor, Days, Examined
from hutong.core import beijing, lifecycle
from hutong.core.errors import Problem

TODAY = beijing.day(NOW)
DONE = "select count(*) from audit.entry where event not like 'desk.refused%'"
LAST = TODAY + timedelta(days=9)
EXAMINED = Actor("looking", "巡察", "", "审计局", frozenset({"examiner"}), examined=Examined(frozenset({UNITS[2]})))


def appointed(county, **changes) -> None:
    hire(county, "secrecy", "保密", unit=UNITS[0], roles=("security_admin",))
    hire(county, "looking", "巡察", unit=UNITS[4], roles=())
    facts = {
        "officer": "looking", "units": [county.police], "classes": ["administration"], "from_date": None,
        "until_date": LAST, "reason": "〔2026〕3号", **changes,
    }  # fmt: skip
    examining.appoint(facts, actor=county.actor("secrecy"), now=NOW)


def looked(county, record_class: RecordClass = RecordClass.ADMINISTRATION, *, now=NOW, **asked):
    actor = queries.actor("looking", now=now)
    found, _ = usage.page(actor=actor, now=now, asked=RecordFilters(record_class, **asked))
    return found


@pytest.mark.clause("SX-11-a", "IS-3.1")
def test_an_examiner_reads_the_records_of_its_units_and_classes_and_no_other(county):
    appointed(county)
    found = looked(county)
    assert found and all(county.police in each.parties for each in found)
    for refused in ({"unit": county.civil}, {"unit": UNITS[0]}):
        with pytest.raises(Problem):
            looked(county, **refused)
    for record_class in (RecordClass.USAGE, RecordClass.SECURITY, RecordClass.OPERATION):
        with pytest.raises(ClassNotYours):
            looked(county, record_class)
    actor = queries.actor("looking", now=NOW)
    assert actor.unit == ""  # so no business of the unit in which its account stands is its own
    assert usage.one(found[0].entry_id, actor=actor, now=NOW).entry_id == found[0].entry_id
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        others = "select id from audit.entry where %(unit)s not in (coalesce(unit, ''), coalesce(counterpart, ''))"
        for (number,) in opened.execute(f"{others} order by id limit 20", {"unit": county.police}).fetchall():
            with pytest.raises(reading.NoSuchRecord):
                usage.one(number, actor=actor, now=NOW)


@pytest.mark.clause("SX-11-a", "IS-3.1")
def test_before_the_first_day_and_after_the_last_it_reads_nothing(county):
    appointed(county, from_date=TODAY + timedelta(days=2))
    for moment in (NOW, NOW + timedelta(days=10)):
        with pytest.raises(usage.OutOfScope):
            looked(county, now=moment)
        assert queries.actor("looking", now=moment).seats == frozenset()
    assert looked(county, now=NOW + timedelta(days=9))


@pytest.mark.clause("SX-11-a", "IS-3.1")
@given(st.data())
def test_no_move_of_any_lifecycle_is_an_examiners(data):
    """Over every procedure, every state, and whatever units its parties are."""
    life = data.draw(st.sampled_from([each.life for each in installed().values()]))
    state = data.draw(st.sampled_from(sorted(life.states)))
    parties = {name: data.draw(st.sampled_from([*UNITS, ""])) for name in (*life.homes.values(), *lifecycle_offices())}
    facts = {name: data.draw(st.booleans()) for name in life.conditions}
    asked = {"officer": "looking", "seats": EXAMINED.seats, "parties": parties, "facts": facts, "acted": {}}
    assert lifecycle.open_to(life, state, **asked) == []


def lifecycle_offices() -> tuple[str, ...]:
    return ("authority", "operator", "government")


def addresses() -> list[str]:
    """Return an address of every page of the desk, its arguments filled with what is there or could be."""

    def walk(patterns, names):
        for each in patterns:
            if isinstance(each, URLResolver):
                walk(each.url_patterns, names)
            elif isinstance(each, URLPattern) and each.name and getattr(each.callback, "forms", None) is not None:
                names[each.name] = each

    names: dict[str, URLPattern] = {}
    walk(get_resolver().url_patterns, names)
    found = []
    for name, pattern in sorted(names.items()):
        kinds = {key: type(kind).__name__ for key, kind in pattern.pattern.converters.items()}
        try:
            found.append(reverse(name, kwargs={key: 1 if "Int" in kind else "x" for key, kind in kinds.items()}))
        except NoReverseMatch:
            found.append("")
    return [each for each in found if "/desk/" in each]


@pytest.mark.clause("SX-11-a", "IS-3.1")
def test_every_page_of_the_desk_but_the_log_is_refused_to_an_examiner_and_every_act_is(county):
    appointed(county)
    with at(NOW):
        browser, every = entered("looking"), addresses()
        browser.raise_request_exception = False
        assert len(every) > 60
        with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
            before = opened.execute(DONE).fetchone()
        for address in every:
            acted = browser.post(address, {"at": "0-", "act": "step", "action": "x"})
            assert acted.status_code in (403, 404, 405), (address, acted.status_code)
            if "/records/" not in address:
                led = browser.get(address)
                assert led.status_code in (403, 404) or led.headers.get("Location", "").endswith("/records/"), address
        with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
            assert opened.execute(DONE).fetchone() == before
        page = seen("looking", "/zh/desk/records/class/administration/")
    assert "检查范围内" in page and "示范县民政局" not in page
    assert "公安" in page


@pytest.mark.clause("SX-11-a", "IS-5.1-a")
def test_an_examiner_is_appointed_by_the_security_administrator_with_a_last_day_and_has_no_other_part(county):
    with pytest.raises(Problem):
        appointed(county, until_date=None)
    facts = {
        "officer": "editor", "units": [county.civil], "classes": ["usage"], "from_date": None, "until_date": LAST,
        "reason": "巡察",
    }  # fmt: skip
    with pytest.raises(Problem) as told:
        examining.appoint(facts, actor=county.actor("secrecy"), now=NOW)
    assert type(told.value) is examining.ExaminerHasRoles
    hire(county, "accounts", "系统", unit=UNITS[0], roles=("system_admin",))
    for by in ("accounts", "operator", "authority"):
        with pytest.raises(Problem):
            examining.appoint({**facts, "officer": "looking"}, actor=county.actor(by), now=NOW)
    assert not ExaminerScope.objects.exists()
    examining.appoint({**facts, "officer": "looking"}, actor=county.actor("secrecy"), now=NOW)
    with pytest.raises(Problem):
        officers.give(username="looking", role="consumer", days=Days(TODAY), actor=county.actor("secrecy"), now=NOW)
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        appointments = "select record::jsonb from audit.entry where event = 'units.examiner_appointed'"
        ((record,),) = opened.execute(appointments).fetchall()
    assert (record["by"], record["units"], record["classes"]) == ("secrecy", [county.civil], ["usage"])
    assert record["until_date"] == f"{LAST}"
