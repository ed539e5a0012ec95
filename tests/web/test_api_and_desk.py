"""The two doors of people: what the desk offers an officer, the officer's program does by token, but no grave step."""

import re

import bearing
import faulting
import filling
import fronting
import maintaining
import pytest
import registering
from acting import NOW
from bearing import Program
from desks import at, entered
from django.http import QueryDict
from expected import PROCEDURES
from stating import FOUND
from ways import WAYS

from hutong.control.procedures import since
from hutong.control.registration.models import Registration
from hutong.control.sharing import verifying
from hutong.control.units import queries
from hutong.core import statuses
from hutong.core.errors import Problem
from hutong.core.lifecycle import TIME
from hutong.plane.keys import Keyring
from hutong.plane.lifecycle import GRANT, SUSPENSION
from hutong.web import clock, plane
from hutong.web.api.rooms import MADE, OFFERED, ROOM_OF
from hutong.web.api.routes import ROUTES
from hutong.web.desk import acts
from hutong.web.desk.room import CaseKind
from hutong.web.desk.rooms import KINDS
from hutong.web.wording import filters

WITH_ANOTHER = {
    ("registration.registration", "enrol"), ("security.plan", "replace"), ("catalog.entry", "publish"),
    ("catalog.change", "end"), ("notices.maintenance", "change"),
}  # fmt: skip
"""Steps that nobody takes by themselves: they come with the operator's file, or with another case's step."""
STEPS = [
    (name, step)
    for name in KINDS
    for step in {(each.action, "grave" in each.needs): each for each in reversed(PROCEDURES[name])}.values()
    if step.role != TIME and (name, step.action) not in WITH_ANOTHER
]
"""Of the steps of every kind of case, one of each name and gravity."""
RECORDED = {
    "execute": {"executed_at": "2026-03-02 09:00", "executed_by": "何静", "done": "改了监听端口，重新连接成功"},
    "back_up": {"set_number": 12, "set_ended_at": "2026-03-02 02:00"},
    "verify": {"read_back_at": "2026-03-02 07:00"},
    "drill": {
        "result": "passed", "fault_at": "2026-03-02 07:00", "log_until": "2026-03-02 06:59", "restore_minutes": 30,
        "rto_minutes": 60, "verified": True, "checkpoint_size": 1000, "checkpoint_root": "ab" * 32,
        "compare_entry": 7, "postgres": "18.1", "hutong": "0.1.0", "machine": "备用机",
    },
}  # fmt: skip
"""Step with a form of its own → what that asks for."""
TOLD = {"situation": "正在查找。", "measures": "切换到备机。"}
"""Field that steps of faults and maintenance ask for besides words and the moment → what is said there."""
LATER = {("notices.maintenance", "complete"): maintaining.ENDS}
"""Step of what takes its time → when it is taken, where that is not at once."""
OF_COMMANDS = {"audit.purge", "audit.hold", "audit.witness", "audit.key", "audit.epoch"}
"""Lifecycles whose steps are taken at the command line alone."""


@pytest.fixture(autouse=True)
def ring(tmp_path, monkeypatch) -> Keyring:
    made = Keyring.create(tmp_path / "keys.json")
    monkeypatch.setattr(plane, "keyring", lambda: made)
    return made


def offered_by_the_desk(username: str, kind: CaseKind, number: str) -> set[str]:
    """Return the steps for which the page of a case has a form, or the way to one."""
    body = entered(username).get(kind.page(number)).content.decode()
    shown = {*re.findall(r'name="action" value="(\w+)"', body), *re.findall(r"/steps/(\w+)/", body)}
    return shown | {action for action in kind.forms if f'href="{kind.form_of(action, number)}"' in body}


def asked_besides(kind: CaseKind, number: str, action: str) -> dict[str, object]:
    """Return what a step asks for besides words."""
    case = kind.procedure.cases([number]).get()
    if action in FOUND and verifying.concludes(case.state, action):
        return FOUND[action]
    if action in kind.asking:
        told = {**TOLD, "happened_at": filters.moment(clock.now())}
        return {field.name: told[field.name] for field in kind.asks(case, action, {}) if field.name in told}
    return RECORDED[action] if action in kind.recorded else {}


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(("name", "step"), STEPS, ids=[f"{name}-{s.action}-{s.before}" for name, s in STEPS])
def test_each_step_that_the_desk_offers_a_program_takes_by_token_unless_it_is_grave(county, ring, name, step):
    way, kind = WAYS[name](county, name, step), KINDS[name]
    grave = "grave" in step.needs
    with at(LATER.get((name, step.action), NOW)):
        desk = offered_by_the_desk(way.taker, kind, way.number)
        program = Program(bearing.made(way.taker, ring))
        offered = {each["action"]: each for each in program.get(f"cases/{name}/{way.number}").json()["steps_open"]}
        assert offered.keys() - set(kind.forms) == desk - set(kind.forms)
        assert (offered.keys() & set(kind.forms) != set()) == (desk & set(kind.forms) != set())
        assert (offered[step.action]["grave"], offered[step.action]["by_token"]) == (grave, not grave)
        said = {**way.needs, **asked_besides(kind, way.number, step.action)}
        done = program.act(name, way.number, step.action, **said)
        told, state = done.json(), kind.procedure.cases([way.number]).get().state
    way.close()
    if grave:
        assert (done.status_code, told["code"], told["clause"], state) == (
            403, "GRAVE_BY_TOKEN", "SX-11-a", step.before,
        )  # fmt: skip
    else:
        assert (done.status_code, told.get("state", told), state) == (200, told.get("state"), step.after)


@pytest.mark.clause("SX-11-a")
def test_every_kind_of_case_is_at_both_doors_and_what_else_there_is_has_no_step_for_a_program():
    lives = {life.name: life for life in (*(kind.procedure.life for kind in KINDS.values()), GRANT, SUSPENSION)}
    assert PROCEDURES.keys() == lives.keys() | OF_COMMANDS
    assert ROOM_OF.keys() == KINDS.keys() == lives.keys() - {GRANT.name, SUSPENSION.name}
    for life in (GRANT, SUSPENSION):  # of these the desk has pages, and each step is grave or comes with time
        assert all(move.grave or move.role == TIME for move in life.moves), life.name
    assert {route.path for route in ROUTES if route.body} >= {"cases/{lifecycle}/{number}/acts"}
    assert {name: each.kind for name, each in OFFERED.items()} == KINDS
    assert {each.kind.procedure.life.name for each in MADE} <= KINDS.keys()
    assert {name for name, each in OFFERED.items() if each.make is None} == UNMADE.keys()
    assert NEW.keys() == OFFERED.keys() - UNMADE.keys()


UNMADE = {
    "catalog.entry": "an entry begins with its first change", "nodes.drift": "found by comparing, by no officer",
}
"""Lifecycle → why nobody makes a case of it."""
OTHERS = [
    ("sharing.application", "accept", "consumer"), ("sharing.application", "return", "competent"),
    ("catalog.change", "register", "editor"), ("sharing.application", "no_such_step", "authority"),
    ("sharing.application", "endorse", "editor"),
]  # fmt: skip


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize(("name", "action", "who"), OTHERS)
def test_what_the_desk_refuses_the_api_refuses_with_the_same_code_and_clause(county, ring, name, action, who):
    kind = KINDS[name]
    number = county.begin_change() if name == "catalog.change" else county.draft()
    if name == "sharing.application":
        county.take(number, "lodge", by="consumer")
    with at(NOW):
        form = QueryDict(mutable=True)
        actor = queries.actor(who, now=NOW)
        case = kind.procedure.cases([number]).get()
        form.update({"action": action, "reason": " ", "at": str(since.point(name, number, case))})
        with pytest.raises(Problem) as refused:
            acts.carried_out(form, kind, number, actor=actor, now=NOW, confirmed=True)
        answer = Program(bearing.made(who, ring)).send(f"cases/{name}/{number}/acts", form.dict())
    told = answer.json()
    assert (told["code"], told["clause"]) == (refused.value.code, refused.value.clause)
    assert answer.status_code == statuses.of(refused.value)
    assert answer.headers["Content-Type"] == "application/problem+json"


NEW = {
    "sharing.application": ("consumer", {
        "code": "307001/000001", "mode": "compare", "purpose": "social-assistance", "legal_basis": "办法第八条",
        "matters": "DB-002", "system": "civil-app", "users": ["zhang"], "devices": ["pc-1"], "items": ["name"],
        "quota": 100, "guesses": 3, "from_at": "2026-03-02", "until_at": "2027-03-01",
    }),
    "registration.registration": ("unit_admin", {"kind": "user", **registering.FACTS["user"]}),
    "registration.renewal": ("unit_admin", {
        "mlps_level": 2, "mlps_no": "33052399001-00009", "mlps_until": f"{registering.LONGER}",
    }),
    "security.plan": ("operator", {"title": "应急预案", "owner": "李强", "summary": "首次编制。", "draft": True}),
    "security.drill": ("operator", {"planned_date": "2026-03-02", "scope": "恢复全部数据"}),
    "catalog.change": ("editor", {
        "code": "307003/000001", "name": "殡葬登记信息", "abstract": "殡葬登记。", "draft": True,
        "items": [{"code": "number", "name": "登记字号", "type": "text", "key": True}],
    }),
    "notices.contact_change": ("unit_admin", {
        "officer": "consumer", "phone": "0572-2000001", "effective_date": "2026-03-09", "reason": "岗位调整",
    }),
    "notices.maintenance": ("unit_admin", {
        "kind": "node", "content": "前置机操作系统升级", "affected": "婚姻登记查询接口停用",
        "from_at": "2026-03-04 22:00", "until_at": "2026-03-05 02:00",
    }),
    "notices.fault": ("unit_admin", {
        "kind": "node", "symptom": "前置机无法连接", "noticed_at": "2026-03-02 09:00", **faulting.SAID,
    }),
    "handovers.handover": ("unit_admin", {
        "officer": "consumer", "to": "unit_admin", "effective_date": "2026-03-09", "reason": "调离",
    }),
    "handovers.transfer": ("unit_admin", {"officer": "consumer", "reason": "〔2026〕7号"}),
    "nodes.server": ("unit_admin", {**fronting.FORM, "port": 5432}),
    "nodes.change": ("unit_admin", {
        **{name: said for name, said in fronting.FORM.items() if name not in ("name", "code")},
        "port": 6432, "reason": "安全加固", "window_from_at": "2026-03-09 20:00",
        "window_until_at": "2026-03-09 22:00",
    }),
}  # fmt: skip
"""Lifecycle → who makes a case of it, and what the body says."""
ABOUT = {
    "registration.renewal": ("registration", lambda _: Registration.objects.get(code="civil-app").no),
    "handovers.transfer": ("unit", lambda county: county.police),
    "nodes.change": ("server", fronting.registered),
}
"""Lifecycle → the field that names what the case is about, and what that is in a county."""
BEGINS_WITH = {"notices.fault": "REPORTED"}
"""Lifecycle → the state in which what is made stands, where making it takes the first step too."""


@pytest.mark.parametrize("name", NEW)
def test_a_program_makes_a_case_of_what_the_form_would_say_and_finds_it_again(county, ring, name):
    fronting.administrator(county)
    who, said = NEW[name]
    if name in ABOUT:
        field, named = ABOUT[name]
        said = {**said, field: named(county)}
    with at(NOW):
        program = Program(bearing.made(who, ring))
        first, again = (program.send(f"cases/{name}", said, idempotency_key="one") for _ in range(2))
        assert (first.status_code, first.json()) == (200, again.json()), first.json()
        number = first.json()["number"]
        life, stands = KINDS[name].procedure.life, KINDS[name].procedure.cases([number]).get().state
        assert stands == BEGINS_WITH.get(name, life.start)
        read = program.get(f"cases/{name}/{number}").json()
        assert (read["number"], bool(read["says"])) == (number, True)
        if OFFERED[name].listing is not None:
            listed = program.get(f"cases/{name}").json()
            assert (number in {each["number"] for each in listed["cases"]}, listed["next"]) == (True, None)
        misspelt = program.send(f"cases/{name}", {**said, "porpoise": "x"})
        assert (misspelt.status_code, misspelt.json()["code"]) == (422, "NO_SUCH_FIELD")


def test_the_operators_program_writes_down_a_fault_of_a_unit_as_its_page_does(county, ring):
    said = {name: NEW["notices.fault"][1][name] for name in ("kind", "symptom", "noticed_at")}
    with at(NOW):
        program = Program(bearing.made("operator", ring))
        made = program.send("cases/notices.fault", {**said, "unit": county.civil})
        nowhere = program.send("cases/notices.fault", {**said, "unit": "no such"})
    assert (made.status_code, made.json()["state"]["code"]) == (200, "DETECTED"), made.json()
    assert (nowhere.status_code, nowhere.json()["errors"][0]["fields"]) == (404, ["unit"])


def test_what_is_wrong_with_a_new_case_is_told_field_by_field_as_on_the_desk(county, ring):
    who, said = NEW["sharing.application"]
    with at(NOW):
        program = Program(bearing.made(who, ring))
        told = program.send("cases/sharing.application", {**said, "quota": "many", "until_at": "x"}).json()
    assert {field for each in told["errors"] for field in each["fields"]} >= {"quota", "until_at"}


def test_a_list_ends_nowhere_in_silence(county, ring):
    filling.applications(county, 120)
    with at(NOW):
        program, after, found = Program(bearing.made("consumer", ring)), "", []
        for _ in range(3):
            page = program.get("cases/sharing.application", **({"after": after} if after else {})).json()
            found += [each["number"] for each in page["cases"]]
            after = page["next"]
    assert (len(set(found)), page["count"], after) == (120, 120, None)
