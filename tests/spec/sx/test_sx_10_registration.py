"""Article 10: systems, departments, persons and devices are registered: applied for, approved, locked, cancelled."""

from datetime import date, timedelta

import pytest
from acting import NOW, PASSWORD, entries
from django.db import connection, transaction
from outcomes import DONE, came_of, result_of
from registering import FACTS, administrator, applied, department, keys, registered, take

from hutong.control.procedures.models import Clock
from hutong.control.registration import operations, queries, rules, rules_of_use
from hutong.control.registration.models import Registration
from hutong.control.registration.queries import RegistrationFilters
from hutong.control.sharing import queries as sharing
from hutong.control.units import operations as members
from hutong.core import beijing
from hutong.db import database
from hutong.plane import registers

pytestmark = pytest.mark.clause("SX-10-d")


@pytest.fixture
def bureau(county):
    """The county whose civil affairs bureau has its administrator."""
    administrator(county)
    return county


def on_the_way(county, kind: str = "system", *actions: str, **facts: object) -> str:
    """Return the number of a registration whose unit accepted the rules, and of which these steps were taken."""
    no = applied(county, kind, **facts)
    take(county, no, "accept_rules", by="unit_admin")
    for action in actions:
        take(county, no, action)
    return no


@pytest.mark.clause("PS-09-2", "SX-09")
def test_a_system_is_registered_once_it_was_checked_and_approved_and_not_before(bureau):
    no = applied(bureau, "system")
    before = [registered(bureau), came_of(take, bureau, no, "check"), came_of(take, bureau, no, "approve")]
    take(bureau, no, "accept_rules", by="unit_admin")
    submitted = [registered(bureau), came_of(take, bureau, no, "approve"), result_of(take, bureau, no, "check")]
    by_the_unit = came_of(take, bureau, no, "approve", by="unit_admin")
    checked = [registered(bureau), by_the_unit, result_of(take, bureau, no, "approve"), registered(bureau)]
    assert before == [[], "CASE_CANNOT_MOVE", "CASE_CANNOT_MOVE"]
    assert submitted == [[], "CASE_CANNOT_MOVE", "CHECKED"]
    assert checked == [[], "NOT_YOUR_ROLE", "ACTIVE", [("system", "relief-2", bureau.civil, "active")]]
    with transaction.atomic(), database.joined(connection) as cur:
        kept = registers.system(cur, id="relief-2")
    assert (kept.mlps_level, kept.mlps_until, kept.public_key) == (2, date(2027, 12, 31), bytes(32))


@pytest.mark.clause("PS-09-2", "SX-09")
@pytest.mark.parametrize(
    ("facts", "refusal"),
    [({"mlps_level": 1}, "PROTECTION_TOO_LOW"), ({"mlps_until": date(2026, 3, 1)}, "PROTECTION_EXPIRED")],
)
def test_what_lacks_its_protection_is_kept_and_refused_and_applied_for_again(bureau, facts, refusal):
    no = on_the_way(bureau, "system", "check", **facts)
    assert came_of(take, bureau, no, "approve") == refusal
    grounds = {"reason": "未达到二级", "basis": "第九条"}
    told = [came_of(take, bureau, no, "reject", **{**grounds, left: ""}) for left in grounds]
    assert told == ["GROUNDS_MISSING", "GROUNDS_MISSING"]
    assert take(bureau, no, "reject", **grounds) == "REJECTED"
    assert registered(bureau) == []
    again = on_the_way(bureau, "system", "check", "approve")
    assert [(each.no, each.state) for each in Registration.objects.filter(enrolled=False).order_by("id")] == [
        (no, "REJECTED"), (again, "ACTIVE"),
    ]  # fmt: skip
    assert [row[1] for row in registered(bureau)] == ["relief-2"]


@pytest.mark.clause("PS-09-2")
def test_what_is_returned_is_changed_by_its_unit_and_submitted_again_within_its_days(bureau):
    no, actor = on_the_way(bureau), bureau.actor("unit_admin")
    assert came_of(operations.amend, no, facts=FACTS["system"], actor=actor, now=NOW) == "REGISTRATION_NOT_EDITABLE"
    assert came_of(take, bureau, no, "return") == "GROUNDS_MISSING"
    take(bureau, no, "return", reason="缺少测评报告")
    changed = {**FACTS["system"], "mlps_level": 3, "name": "低保核对平台"}
    other = {"facts": changed, "actor": bureau.actor("consumer"), "now": NOW}
    assert came_of(operations.amend, no, **other) == "NOT_YOUR_ROLE"
    assert came_of(operations.amend, no, facts=changed, actor=actor, now=NOW) == DONE
    steps = [take(bureau, no, "accept_rules", by="unit_admin"), take(bureau, no, "check"), take(bureau, no, "approve")]
    assert steps == ["RULES_ACCEPTED", "CHECKED", "ACTIVE"]
    ran = Clock.objects.filter(case=no).order_by("id").values_list("name", "day")
    assert list(ran) == [("review", date(2026, 3, 9)), ("supplement", date(2026, 3, 23))]
    assert entries(bureau.url, "registration.changed") == 1


@pytest.mark.clause("PS-09-1")
def test_what_is_not_submitted_yet_is_corrected_by_its_unit_to_an_identifier_that_is_free(bureau):
    applied(bureau, "device", code="pc-9")
    no, given = applied(bureau, "device"), {"actor": bureau.actor("unit_admin"), "now": NOW}
    assert came_of(operations.amend, no, facts={**FACTS["device"], "code": "pc-9"}, **given) == "IDENTIFIER_TAKEN"
    assert came_of(operations.amend, no, facts={**FACTS["device"], "address": ""}, **given) == "REGISTRATION_INCOMPLETE"
    assert came_of(operations.amend, no, facts={**FACTS["device"], "code": "pc-10"}, **given) == DONE
    assert came_of(operations.amend, "DJ20260302-0099", facts=FACTS["device"], **given) == "NO_SUCH_REGISTRATION"
    assert Registration.objects.get(no=no).code == "pc-10"


@pytest.mark.clause("IS-2.2-b")
@pytest.mark.parametrize("kind", FACTS)
def test_that_the_rules_of_use_were_accepted_is_kept_with_version_moment_and_person(bureau, kind):
    no = applied(bureau, kind)
    (row,) = Registration.objects.filter(no=no).values_list("rules_version", "rules_at", "rules_by")
    assert row == ("", None, "")
    assert came_of(take, bureau, no, "accept_rules", by="consumer") == "NOT_YOUR_ROLE"
    take(bureau, no, "accept_rules", by="unit_admin")
    (row,) = Registration.objects.filter(no=no).values_list("rules_version", "rules_at", "rules_by")
    assert row == (rules_of_use.VERSION, NOW, "unit_admin")

    def past_the_rules() -> None:
        Registration.objects.filter(no=no).update(rules_at=None)

    assert came_of(past_the_rules) == "IntegrityError"


@pytest.mark.parametrize("kind", ["department", "user", "device"])
def test_a_department_person_or_device_is_registered_by_its_unit_at_once_and_by_no_other_officer(bureau, kind):
    facts = {"facts": FACTS[kind], "now": NOW}
    assert came_of(operations.apply, kind, actor=bureau.actor("consumer"), **facts) == "NOT_YOUR_ROLE"
    assert came_of(operations.apply, "printer", actor=bureau.actor("unit_admin"), **facts) == "KIND_NOT_REGISTERED"
    no = applied(bureau, kind)
    assert registered(bureau) == []
    assert take(bureau, no, "accept_rules", by="unit_admin") == "ACTIVE"
    assert registered(bureau) == [(kind, FACTS[kind]["code"], bureau.civil, "active")]
    offered = {each.id for each in (*sharing.users(bureau.civil), *sharing.devices(bureau.civil))}
    offered |= set(queries.departments(bureau.civil))
    assert FACTS[kind]["code"] in offered


@pytest.mark.parametrize("kind", FACTS)
def test_what_is_locked_is_stopped_until_it_is_unlocked_and_what_is_cancelled_for_good(bureau, kind):
    no = on_the_way(bureau, kind, *(["check", "approve"] if kind == "system" else []))
    told = [came_of(take, bureau, no, "lock"), came_of(take, bureau, no, "lock", by="unit_admin", reason="停用")]
    assert told == ["GROUNDS_MISSING", "NOT_YOUR_ROLE"]
    seen = []
    for action, by in (("lock", "operator"), ("unlock", "operator"), ("cancel", "unit_admin")):
        came = result_of(take, bureau, no, action, by=by, reason="人员离岗")
        seen += [(came, registered(bureau)[0][3])]
    assert seen == [("LOCKED", "stopped"), ("ACTIVE", "active"), ("CANCELLED", "stopped")]
    assert came_of(take, bureau, no, "unlock", reason="恢复") == "CASE_CANNOT_MOVE"
    assert came_of(applied, bureau, kind) == "IDENTIFIER_TAKEN"


@pytest.mark.parametrize("kind", FACTS)
def test_no_unit_takes_what_another_calls_its_persons_and_devices_and_a_system_signs_as_one_alone(bureau, kind):
    given = {"name": "钱芳", "unit": bureau.police, "roles": ["unit_admin"], "password": PASSWORD}
    members.add_officer(username="other_admin", **given, now=NOW, by="init")
    ours, facts = applied(bureau, kind), {"facts": FACTS[kind], "actor": bureau.actor("other_admin"), "now": NOW}
    department(bureau.police)
    if kind == "system":
        assert came_of(operations.apply, kind, **facts) == "IDENTIFIER_TAKEN"
        return
    theirs = operations.apply(kind, **facts, keyring=keys)
    states = [take(bureau, no, "accept_rules", by=by) for no, by in ((theirs, "other_admin"), (ours, "unit_admin"))]
    take(bureau, theirs, "cancel", by="other_admin", reason="停用")
    code = FACTS[kind]["code"]
    assert states == ["ACTIVE", "ACTIVE"]
    assert sorted(registered(bureau)) == sorted(
        [(kind, code, bureau.civil, "active"), (kind, code, bureau.police, "stopped")]
    )


@pytest.mark.clause("PS-09-1")
@pytest.mark.parametrize("kind", FACTS)
def test_what_is_applied_for_says_all_that_the_law_asks(bureau, kind):
    needed = [name for name in rules.ASKED[kind] if (kind, name) != ("system", "address")]
    assert {came_of(applied, bureau, kind, **{name: " "}) for name in needed} == {"REGISTRATION_INCOMPLETE"}
    if "code" in needed:
        assert came_of(applied, bureau, kind, code="two words") == "IDENTIFIER_UNFIT"
    assert came_of(applied, bureau, "system", public_key="AAAA") == "PUBLIC_KEY_UNREADABLE"
    assert came_of(applied, bureau, kind) == DONE
    assert came_of(applied, bureau, kind) == "IDENTIFIER_TAKEN"


def test_a_registration_is_read_by_its_unit_and_those_who_see_to_all(bureau):
    no = applied(bureau, "system")
    readers = ("unit_admin", "consumer", "operator", "authority", "editor")
    read = [came_of(queries.registration, no, actor=bureau.actor(each)) for each in readers]
    listed = [
        queries.counted(bureau.actor(each), RegistrationFilters(words="relief", kind="system")) for each in readers
    ]
    assert read == [DONE] * 4 + ["NO_SUCH_REGISTRATION"]
    assert listed == [1, 1, 1, 1, 0]


def test_a_registration_that_is_late_is_ended_by_the_authority_with_its_grounds(bureau):
    no = on_the_way(bureau)
    (late_at,) = Clock.objects.filter(case=no).values_list("late_at", flat=True)
    grounds = {"reason": "逾期未办", "basis": "第四条"}
    given = {"actor": bureau.actor("authority"), "calendar": bureau.calendar, **grounds}
    in_time = came_of(operations.take, no, "stop", now=late_at - timedelta(seconds=1), **given)
    late = result_of(operations.take, no, "stop", now=late_at, **given)
    assert (beijing.day(late_at), in_time, late) == (date(2026, 3, 10), "CONDITION_NOT_MET", "ENDED")
    assert registered(bureau) == []


@pytest.mark.parametrize("kind", ["system", "user", "device"])
def test_what_is_registered_is_of_a_department_that_its_unit_has_registered_and_in_use(bureau, kind):
    assert came_of(applied, bureau, kind, department="财务科") == "DEPARTMENT_UNKNOWN"
    no = applied(bureau, kind)
    (section,) = Registration.objects.filter(kind="department").values_list("no", flat=True)
    take(bureau, section, "lock", reason="科室撤销")
    assert came_of(take, bureau, no, "accept_rules", by="unit_admin") == "DEPARTMENT_UNKNOWN"
    assert came_of(applied, bureau, kind, code="other") == "DEPARTMENT_UNKNOWN"
    take(bureau, section, "unlock", reason="恢复")
    assert came_of(take, bureau, no, "accept_rules", by="unit_admin") == DONE


def test_whose_department_is_locked_is_offered_to_no_application_until_it_is_unlocked(bureau):
    on_the_way(bureau, "user")
    (section,) = Registration.objects.filter(kind="department").values_list("no", flat=True)
    seen = []
    for action, by in (("lock", "operator"), ("unlock", "operator"), ("cancel", "unit_admin")):
        take(bureau, section, action, by=by, reason="科室撤销")
        seen.append("zhou" in {each.id for each in sharing.users(bureau.civil)})
    assert seen == [False, True, False]
    assert entries(bureau.url, "plane.department_registered") == 1
    assert entries(bureau.url, "plane.department_changed") == 3
