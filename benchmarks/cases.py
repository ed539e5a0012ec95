"""A county with very many cases: a pattern of each kind taken through the operations, then copied in bulk.

A copy differs in its number, its days, and who has it; its steps, clocks and turns are those the mechanism wrote for
the pattern, and a sample of the copies is held against what the mechanism computes for it. Django is set up before this
is imported.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from benchmarks.desk import NOW
from benchmarks.visits.procedure import PROCEDURES
from hutong.control.catalog import operations as catalog
from hutong.control.catalog.procedure import CHANGES
from hutong.control.procedures import operations as procedures
from hutong.control.procedures import turns
from hutong.control.procedures.procedure import Procedure
from hutong.control.sharing import operations as sharing
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.sharing.verifying import Finding
from hutong.control.units import operations as members
from hutong.control.units import passing_on
from hutong.control.units import queries as units_read
from hutong.core import identifiers
from hutong.core.workdays import Calendar
from hutong.plane.definition import Item, Mode

DAYS = 40
"""The copies were entered on as many days before NOW."""
UNITS = 60
SAMPLE = 2000
INSPECTIONS, RECTIFICATIONS = PROCEDURES
CALENDAR = Calendar.official()
ONE_IN = 400
"""Of the cases at a desk one in so many has been taken by the officer whose pages are asked for."""


def credit_code(number: int) -> str:
    """Return a credit code that checks."""
    body = f"{number:08}"
    start = f"11330523{body}{identifiers.organisation_check(body)}"
    return start + identifiers.credit_check(start)


AUTHORITY, OPERATOR, POLICE, CIVIL, SOCIAL, SMALL = (credit_code(number) for number in range(1, 7))
OFFICERS = {
    "authority": (AUTHORITY, ["authority"]),
    "operator": (OPERATOR, ["operator"]),
    "editor": (POLICE, ["provider_editor"]),
    "approver": (POLICE, ["provider_approver"]),
    "consumer": (CIVIL, ["consumer"]),
    "competent": (SOCIAL, ["competent"]),
    "several": (POLICE, ["provider_editor", "provider_approver", "consumer", "unit_head"]),
    "small": (SMALL, ["consumer"]),
}
HOLDERS = {"authority": "authority", "operator": "operator", "provider_editor": "editor", "consumer": "consumer"}
"""Role → the officer who has taken one case in ONE_IN at its desk."""

_APPLICATION = (
    ("DRAFT", 2), ("LODGED", 5), ("DEPARTMENT_ENDORSED", 12), ("COMPLIANCE_CHECK", 13), ("PROVIDER_REPLY", 5),
    ("PROVIDER_AGREED", 5), ("CONFIRMED", 1), ("SUPPLIED", 12), ("PURPOSE_VERIFYING", 12), ("FILED", 33),
)  # fmt: skip
_CHANGE = (("DRAFT", 5), ("SUBMITTED", 10), ("REGISTERED", 50), ("PUBLISHED", 35))
_INSPECTION = (("PLANNED", 30), ("ANSWERING", 1), ("SUMMARISING", 19), ("CLOSED", 50))
_RECTIFICATION = (("NOTED", 2), ("RECTIFYING", 1), ("REVIEWING", 40), ("DONE", 57))
SPREAD = ((APPLICATIONS, 40, _APPLICATION), (CHANGES, 20, _CHANGE), (INSPECTIONS, 25, _INSPECTION),
          (RECTIFICATIONS, 15, _RECTIFICATION))  # fmt: skip
"""Procedure, its share of all cases, and the share of each state in it, in hundredths."""

_STEPS = {
    APPLICATIONS.life.name: (
        ("DRAFT", "lodge", "consumer"), ("LODGED", "endorse", "competent"),
        ("DEPARTMENT_ENDORSED", "accept", "authority"),
        ("COMPLIANCE_CHECK", "pass_on", "authority"), ("PROVIDER_REPLY", "agree", "approver"),
        ("PROVIDER_AGREED", "confirm", "authority"), ("CONFIRMED", "begin_supply", "editor"),
        ("PROVIDER_SUPPLYING", "report_supply", "editor"), ("SUPPLIED", "verify", "operator"),
        ("PURPOSE_VERIFYING", "file", "operator"),
    ),
    CHANGES.life.name: (
        ("DRAFT", "submit", "editor"), ("SUBMITTED", "register", "approver"), ("REGISTERED", "publish", "authority"),
    ),
    INSPECTIONS.life.name: (
        ("PLANNED", "open", "authority"), ("ANSWERING", "answer", "editor"), ("SUMMARISING", "close", "operator"),
    ),
    RECTIFICATIONS.life.name: (
        ("NOTED", "order", "authority"), ("RECTIFYING", "report", "editor"), ("REVIEWING", "accept", "authority"),
    ),
}  # fmt: skip
"""Lifecycle → its straight way: state, step, and who takes it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A case that was taken through its operations, and how many copies are made of it."""

    procedure: Procedure
    number: str
    copies: int


def people(*, password: str) -> None:
    """Register the units and their officers, and publish the resource that applications are for."""
    named = {AUTHORITY: "大数据管理局", OPERATOR: "信息中心", POLICE: "公安局", CIVIL: "民政局", SOCIAL: "社会事业局"}
    for number in range(1, UNITS + 1):
        code = credit_code(number)
        competent = SOCIAL if code in (CIVIL, SMALL) else None
        name = f"示范县{named.get(code, f'第{number}单位')}"
        if competent is None:
            members.register(credit_code=code, name=name, now=NOW, by="init")
    for code, name in ((CIVIL, "示范县民政局"), (SMALL, "示范县小单位")):
        members.register(credit_code=code, name=name, competent=SOCIAL, now=NOW, by="init")
    for role, unit in (("authority", AUTHORITY), ("operator", OPERATOR)):
        passing_on.give(role=role, region="", unit=unit, reason="benchmark", now=NOW, by="init")
    for username, (unit, roles) in OFFICERS.items():
        members.add_officer(
            username=username, password=password, name=username, unit=unit, roles=roles, now=NOW, by="init"
        )
    with connection.cursor() as cur:
        for unit, system in ((CIVIL, "civil-app"), (SMALL, "small-app")):
            cur.execute(
                "insert into plane.system (id, unit, name, public_key, mlps_level, mlps_until)"
                " values (%s, %s, %s, %s, 2, %s)",
                [system, unit, system, bytes(32), date(2027, 12, 31)],
            )
            cur.execute("insert into plane.user (id, unit, name) values (%s, %s, '张伟')", [f"{system}-zhang", unit])
            cur.execute("insert into plane.device (id, unit, name) values (%s, %s, '电脑')", [f"{system}-pc", unit])


def patterns(cases: int) -> list[Pattern]:
    """Make a case of each kind in each of its states; their copies will be `cases` in all, but for rounding."""
    made = []
    for procedure, share, states in SPREAD:
        for place, (state, hundredths) in enumerate(states, 1):
            number = _make(procedure, place, by="consumer")
            _walk(procedure, number, to=state)
            made.append(Pattern(procedure, number, cases * share * hundredths // 10_000))
    small = _make(APPLICATIONS, 99, by="small")
    _walk(APPLICATIONS, small, to="DEPARTMENT_ENDORSED", consumer="small")
    return [*made, Pattern(APPLICATIONS, small, 12)]


def copy(made: list[Pattern]) -> None:
    """Copy the patterns with all that the mechanism wrote for them, mixed as they would come in."""
    with transaction.atomic(), connection.cursor() as cur:
        cur.execute('create temp table pattern (lifecycle text, "case" text, copies int) on commit drop')
        rows = [(each.procedure.life.name, each.number, each.copies) for each in made]
        cur.executemany("insert into pattern values (%s, %s, %s)", rows)
        _copy_entries(cur)
        for procedure, _, _ in SPREAD:
            _copy(cur, procedure.model._meta.db_table, own=procedure)
        _copy_versions(cur)
        for table in ("procedures_step", "procedures_clock", "procedures_turn"):
            _copy(cur, table)


def _copy_entries(cur) -> None:  # type: ignore[no-untyped-def]
    """Copy the entry of each pattern of a change once for each copy of the change; none is published yet."""
    cur.execute(
        "insert into catalog_entry (code, name, provider_id, state, entered_at)"
        " select e.code || '-' || g.n, e.name || ' ' || g.n, e.provider_id, 'UNPUBLISHED', e.entered_at"
        " from pattern p join catalog_change c on c.no = p.case and p.lifecycle = 'catalog.change'"
        " join catalog_entry e on e.id = c.entry_id cross join lateral generate_series(1, p.copies) as g(n)"
    )


def _copy_versions(cur) -> None:  # type: ignore[no-untyped-def]
    """Give each copy of a published change its version, and its entry what is published of it."""
    cur.execute("select attname from pg_attribute where attrelid = 'catalog_version'::regclass and attnum > 0")
    columns = [name for (name,) in cur.fetchall() if name != "id"]
    own = {"entry_id": "c.entry_id", "change_id": "c.id", "name": "c.name"}
    values = ", ".join(own.get(name, f"v.{name}") for name in columns)
    cur.execute(
        f"insert into catalog_version ({', '.join(columns)}) select {values}"
        " from pattern p join catalog_change o on o.no = p.case join catalog_version v on v.change_id = o.id"
        " join catalog_change c on c.no like o.no || '-%'"
    )
    cur.execute(
        "update catalog_entry e set current_id = v.id, state = 'PUBLISHED' from catalog_version v"
        " where v.entry_id = e.id and e.current_id is null"
    )


def differing() -> int:
    """Return how many cases of a sample of the copies have other turns than the mechanism computes."""
    samples = [(procedure, procedure.model._default_manager.order_by("-id")[:SAMPLE]) for procedure, _, _ in SPREAD]
    return sum(len(turns.differences(procedure, procedure.seen(list(sample)))) for procedure, sample in samples)


def _make(procedure: Procedure, place: int, *, by: str) -> str:
    if procedure is CHANGES:
        return _draft(f"307001/{place:06}", f"目录{place}")
    if procedure is APPLICATIONS:
        return _apply(f"307002/{place:06}", f"资源{place}", by=by)
    number = f"{procedure.life.name[7:9].upper()}{place:04}"
    with transaction.atomic():
        case = procedure.model(no=number, unit=POLICE, state=procedure.life.start, entered_at=NOW)
        case.save()
        procedures.put_on_desks(procedure, case)
    return number


def _draft(code: str, name: str) -> str:
    items = [
        Item("resident_number", "公民身份号码", required=True, sensitive=True),
        Item("name", "姓名", required=True, sensitive=True),
    ]
    return catalog.draft(
        code=code, name=name, abstract="本县登记的基本信息。", items=items, key=["resident_number"],
        actor=units_read.actor("editor", now=NOW), now=NOW,
    )  # fmt: skip


def _apply(code: str, name: str, *, by: str) -> str:
    _walk(CHANGES, _draft(code, name), to="PUBLISHED")
    system = "civil-app" if by == "consumer" else "small-app"
    return sharing.draft(
        code=code, mode=Mode.COMPARE, items=["name"], purpose="核验低保申请人身份", matters=["DB-001"],
        legal_basis="《社会救助暂行办法》第十一条", system=system, users=[f"{system}-zhang"],
        devices=[f"{system}-pc"], from_at=NOW, until_at=NOW + timedelta(days=365),
        actor=units_read.actor(by, now=NOW), now=NOW,
    )  # fmt: skip


def _walk(procedure: Procedure, number: str, *, to: str, consumer: str = "consumer") -> None:
    for state, action, who in _STEPS[procedure.life.name]:
        if state == to:
            return
        if action == "report_supply":
            _supply()
        now = procedure.cases([number]).get().entered_at
        by = units_read.actor(consumer if who == "consumer" else who, now=now)
        found = {"finding": Finding("查阅了办理事项清单。", True)} if action == "file" else {}
        _take(procedure)(number, action, actor=by, now=now, **found)


def _take(procedure: Procedure) -> Callable[..., object]:
    room = {CHANGES.life.name: catalog.take, APPLICATIONS.life.name: sharing.take}.get(procedure.life.name)
    if room is not None:
        return lambda *given, **more: room(*given, calendar=CALENDAR, **more)

    def take(number: str, action: str, **more: object) -> None:
        with transaction.atomic():
            case = procedures.locked(procedure, number)
            procedures.take(procedure, case, action, calendar=CALENDAR, **more)

    return take


def _supply() -> None:
    """Let the platform hold data of every resource, as a delivery would."""
    with connection.cursor() as cur:
        cur.execute("update plane.resource set version = 1")
        cur.execute("update plane.store set rows = 20000, loaded_at = %s", [NOW])


_SHIFTED = ("entered_at", "at", "from_at", "late_at", "order_at", "ended_at", "confirmed_at", "reached_at")


def _copy(cur, table: str, *, own: Procedure | None = None) -> None:  # type: ignore[no-untyped-def]
    """Copy the rows of the patterns in one table; `own` where it is the cases' own table."""
    shift = f"make_interval(days => (g.n * 7) %% {DAYS}, secs => g.n %% 1000)"
    changed = {"case": "r.case || '-' || g.n", "title": "r.title"}
    changed |= {name: f"case when r.{name} > '9000-01-01' then r.{name} else r.{name} - {shift} end"
                for name in _SHIFTED}  # fmt: skip
    if table == "procedures_turn":
        changed |= {"title": "r.title || case r.lifecycle when 'catalog.change' then ' ' || g.n"
                             " when 'sharing.application' then '' else '-' || g.n end",
                    "handler": f"case when g.n %% {ONE_IN} = 1 then case r.role {_holders()} else '' end else '' end"}
    if table == "procedures_clock":
        changed |= {"day": f"r.day - (g.n * 7) %% {DAYS}", "step_id": "null"}
    if own is not None:
        changed |= {own.number: f"r.{own.number} || '-' || g.n", "name": "r.name || ' ' || g.n"}
        changed |= {name: f"r.{name}" for name in ("from_at",)}
    if own is CHANGES:
        changed["entry_id"] = (
            "(select e.id from catalog_entry o join catalog_entry e on e.code = o.code || '-' || g.n"
            " where o.id = r.entry_id)"
        )
    cur.execute("select attname from pg_attribute where attrelid = %s::regclass and attnum > 0", [table])
    columns = [name for (name,) in cur.fetchall() if name != "id"]
    values = ", ".join(changed.get(name, f'r."{name}"') for name in columns)
    fits = (f"p.lifecycle = '{own.life.name}' and r.{own.number} = p.case" if own is not None
            else "r.lifecycle = p.lifecycle and r.case = p.case")  # fmt: skip
    named = ", ".join(f'"{name}"' for name in columns)
    cur.execute(
        f"insert into {table} ({named}) select {values} from {table} r join pattern p on {fits}"
        f" cross join lateral generate_series(1, p.copies) as g(n) order by g.n, r.id",
        [],
    )


def _holders() -> str:
    return " ".join(f"when '{role}' then '{officer}'" for role, officer in HOLDERS.items())


def counted() -> Iterator[str]:
    """Yield how many rows each table has."""
    tables = [procedure.model._meta.db_table for procedure, _, _ in SPREAD]
    with connection.cursor() as cur:
        for table in (*tables, "procedures_step", "procedures_clock", "procedures_turn"):
            cur.execute(f"select count(*) from {table}")
            yield f"{table} {cur.fetchone()[0]:,}"
