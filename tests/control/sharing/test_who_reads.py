"""Who reads applications and grants: the parties, those who read everything, who fills in for them, and heads."""

from datetime import date

import pytest
from acting import NOW, PASSWORD, UNITS, County, credit_code

from hutong.control.sharing import queries, service
from hutong.control.units import deputies, passing_on, rules
from hutong.control.units import operations as members
from hutong.control.units.models import Office, Unit
from hutong.plane.suspensions import Suspendable

AUTHORITY, OPERATOR, POLICE, CIVIL, SOCIAL = UNITS


WHERE = {"authority": AUTHORITY, "operator": OPERATOR, "auditor": POLICE}


@pytest.fixture
def stranger(county: County) -> str:
    """An officer of a sixth unit without a role, who is no party of anything."""
    other = credit_code(6)
    members.register(credit_code=other, name="示范县档案局", now=NOW, by="init")
    members.add_officer(
        username="stranger", password=PASSWORD, name="周宁", unit=other, roles=[], now=NOW, by="init"
    )
    return "stranger"


def fills_in(county: County, username: str, role: str, unit: str) -> None:
    deputies.name(
        role=role, unit=unit, username=username, until_date=date(2026, 6, 30), reason="空缺",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip


def reads(county: County, username: str, no: str) -> bool:
    """Whether an officer opens an application; its list says the same."""
    actor = county.actor(username)
    listed = no in [each.no for each in queries.visible(actor)]
    assert queries.counted(actor) == len(queries.visible(actor))
    try:
        queries.application(no, actor=actor)
    except queries.NoSuchApplication:
        assert not listed
        return False
    assert listed
    return True


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        ("authority", AUTHORITY), ("operator", OPERATOR), ("provider_approver", POLICE), ("consumer", CIVIL),
        ("competent", SOCIAL),
    ],
)  # fmt: skip
def test_who_fills_in_reads_what_those_read_for_whom_it_is(county, stranger, role, unit):
    no = county.draft()
    county.walk(no, to="FILED")
    assert not reads(county, stranger, no)
    assert queries.grants(county.actor(stranger)) == []
    fills_in(county, stranger, role, unit)
    assert reads(county, stranger, no)
    grants = [] if role == "competent" else [f"G-{no}"]
    assert [grant.no for grant in queries.grants(county.actor(stranger))] == grants


@pytest.mark.clause("IS-3.1")
@pytest.mark.parametrize("deputy", [False, True], ids=["own office", "filled in for"])
@pytest.mark.parametrize("role", ["authority", "operator"])
def test_who_reads_for_an_office_reads_of_its_region_and_those_below_and_of_no_other(county, stranger, role, deputy):
    no = county.draft()
    county.walk(no, to="FILED")
    unit = {"authority": OPERATOR, "operator": AUTHORITY}[role] if deputy else credit_code(6)
    passing_on.give(role=role, region="330106", unit=unit, reason="试点", now=NOW, by="init")
    if deputy:
        fills_in(county, stranger, role, unit)
    else:
        members.give_role(username=stranger, role=role, now=NOW, by="init")
    for office, region, may in (
        ("330523", "330523", True), ("330500", "330523", True), ("330000", "330523", True), ("330500", "330500", True),
        ("330523", "330500", False), ("330106", "330523", False), ("330106", "", False), ("340000", "330523", False),
    ):  # fmt: skip
        Office.objects.filter(unit=unit, role=role).update(region=office)
        Unit.objects.filter(pk__in=[CIVIL, POLICE]).update(region_code=region)
        assert reads(county, stranger, no) is may, (office, region)
        actor = county.actor(stranger)
        assert [grant.no for grant in queries.grants(actor)] == [f"G-{no}"] * may
        assert queries.grants_counted(actor) == may


@pytest.mark.parametrize(("role", "may"), [("consumer", True), ("provider_editor", False), ("authority", False)])
def test_a_draft_is_read_by_its_unit_and_by_who_fills_in_for_its_applicants(county, stranger, role, may):
    no = county.draft()
    fills_in(county, stranger, role, AUTHORITY if role == "authority" else CIVIL)
    assert reads(county, stranger, no) is may


def test_a_head_opens_what_waits_at_the_officers_desks_and_nothing_else(county):
    members.add_officer(
        username="head", password=PASSWORD, name="何平", unit=AUTHORITY, roles=["unit_head"], now=NOW, by="init"
    )
    no = county.draft()
    reads = {"LODGED": False, "DEPARTMENT_ENDORSED": True, "COMPLIANCE_CHECK": True, "SUPPLIED": False}
    for state, may in reads.items():
        county.walk(no, to=state)
        if may:
            assert queries.application(no, actor=county.actor("head")).no == no
        else:
            with pytest.raises(queries.NoSuchApplication):
                queries.application(no, actor=county.actor("head"))


@pytest.mark.parametrize(
    ("own", "filled"), [("auditor", "operator"), ("operator", "auditor"), ("auditor", "authority")]
)
def test_filling_in_does_not_join_roles_that_are_apart(county, stranger, own, filled):
    members.give_role(username=stranger, role=own, now=NOW, by="init")
    with pytest.raises(rules.RolesNotSeparated):
        fills_in(county, stranger, filled, WHERE[filled])
    members.take_role(username=stranger, role=own, reason="调整", now=NOW, by="init")
    if filled == "auditor":
        with pytest.raises(deputies.DeputyOfAdministrator):
            fills_in(county, stranger, filled, WHERE[filled])
        return
    fills_in(county, stranger, filled, WHERE[filled])
    with pytest.raises(rules.RolesNotSeparated):
        members.give_role(username=stranger, role=own, now=NOW, by="init")


@pytest.mark.parametrize(
    ("words", "found"),
    [("人口", True), ("民政 公安", True), ("307001", True), ("GX2026", True), ("gx2026", True), ("婚姻", False),
     ("人口 婚姻", False), ("%", False)],
)  # fmt: skip
def test_a_list_of_applications_is_narrowed_by_every_word(county, words, found):
    no = county.draft()
    for who in ("consumer", "editor"):
        actor = county.actor(who)
        if who == "editor":
            county.take(no, "lodge", by="consumer")
        assert [each.no for each in queries.visible(actor, words=words)] == ([no] if found else [])
        assert queries.counted(actor, words=words) == found
    assert queries.visible(county.actor("consumer"), words=words, state="DRAFT") == []


def test_grants_come_a_page_at_a_time_the_newest_first_each_once(county):
    numbers = []
    for day in (5, 3, 4, 4, 3):
        no = county.draft(from_at=NOW.replace(day=day))
        county.walk(no, to="FILED")
        numbers.append((NOW.replace(day=day), f"G-{no}"))
    operator, seen, before = county.actor("operator"), [], None
    while page := queries.grants(operator, after=before, limit=2):
        seen += [(grant.from_at, grant.no) for grant in page]
        before = seen[-1]
    assert seen == sorted(numbers, reverse=True)
    assert queries.grants_counted(operator) == 5
    assert [grant.no for grant in queries.grants(operator, words=numbers[2][1].lower())] == [numbers[2][1]]
    assert queries.grants_counted(operator, words="社会救助 人口") == 5
    assert queries.grants(operator, state=queries.SUSPENDED) == []
    given = {"reason": "未整改", "clause": "SX-16-a", "actor": operator, "now": NOW}
    service.suspend(Suspendable.GRANT, numbers[1][1], **given)
    suspended = [grant.no for grant in queries.grants(operator, state=queries.SUSPENDED)]
    assert (suspended, queries.grants_counted(operator, state=queries.SUSPENDED)) == ([numbers[1][1]], 1)
    service.suspend(Suspendable.UNIT, county.civil, **given)
    assert queries.grants_counted(operator, state=queries.SUSPENDED) == 5
    assert queries.grants_counted(operator, state="active") == 5
    assert queries.opened_by([grant for _, grant in numbers]) == {grant: grant[2:] for _, grant in numbers}
