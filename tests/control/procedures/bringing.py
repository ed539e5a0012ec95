"""How a case of each lifecycle comes into a state in the county, and how a step of it is taken there: one way for each.

A way takes a step as the doors do, by an officer of the county; it says who is refused it, and what says so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import registering
from acting import NOW, County
from django.db import transaction
from expected import Expected

from hutong.audit import log
from hutong.control.catalog import operations as catalog
from hutong.control.catalog.models import Change, Entry
from hutong.control.procedures import operations
from hutong.control.procedures.models import Step, Turn
from hutong.control.procedures.procedure import installed
from hutong.control.procedures.rules import CaseCannotMove, ConditionNotMet, GroundsMissing, NotYourRole
from hutong.control.registration import listing
from hutong.control.registration.lifecycle import REGISTERED
from hutong.control.registration.models import Registration
from hutong.control.sharing import service, stopping
from hutong.core.errors import Problem
from hutong.core.lifecycle import TIME
from hutong.db.database import Database
from hutong.plane import grants
from hutong.plane.suspensions import Suspendable

WHO = {"provider_editor": "editor", "provider_approver": "approver"} | {
    role: role for role in ("authority", "operator", "competent", "consumer")
}
"""Role → the county's officer who holds it."""
TABLES = (
    *("procedures_step", "procedures_clock", "procedures_turn", "procedures_handgiven", "sharing_application"),
    *("catalog_entry", "catalog_change", "catalog_version", "registration_registration"),
    *("units_unit", "plane.access_grant", "plane.resource", "plane.system", "plane.device", "plane.suspension"),
    *("handovers_handover", "handovers_handoverpart", "handovers_transfer"),
    *("notices_contactchange", "notices_maintenancenotice", "notices_faultcase", "notices_faultaccount"),
    *("nodes_frontendserver", "nodes_serverchange", "nodes_declaredversion", "nodes_serverdrift"),
    "registration_renewal",
    *("security_emergencyplan", "security_drill", "procedures_attachment"),
    *("audit.purge", "audit.hold", "audit.witness", "audit.epoch_request", "audit.epoch", "audit.key_change"),
)
OTHERS = "event not in ('audit.purge_refused', 'audit.epoch_refused', 'audit.key_refused')"
"""Entries but those that a step was refused."""
LONG_AFTER, OLD = datetime(2040, 5, 6, 7, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
"""A moment at which the years of what was written before `OLD` are over."""

Refused = tuple[Callable[[], object], tuple[type[Problem], ...]]
"""Something that is tried, and what refuses it; nothing, where it is only to change nothing."""


def everything(county: County) -> list[object]:
    """Return all that a step may change, and how much is entered; that a step was refused is entered besides."""
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = [opened.execute(f"select t::text from {name} t order by 1").fetchall() for name in TABLES]
        counted = f"select count(*) from audit.entry where {OTHERS}"
        return [*rows, opened.execute(counted).fetchone()]


def last(county: County, events: str) -> tuple[str | None, ...]:
    """Return whom the last entry of events that begin so names, and which reason."""
    wanted = "select record::jsonb ->> 'by', record::jsonb ->> 'reason' from audit.entry where event like %s"
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        found = opened.execute(f"{wanted} and {OTHERS} order by id desc limit 1", [f"{events}%"])
        return tuple(found.fetchone() or ())


@contextmanager
def log_full(county: County) -> Iterator[None]:
    """Let no entry be written, whoever writes it."""
    with psycopg.connect(county.url, options="-c role=hutong_owner", autocommit=True) as owner:
        owner.execute("alter table audit.entry add constraint log_full check (false) not valid")
        yield
        owner.execute("alter table audit.entry drop constraint log_full")


class Way:
    """One case of a county, in the state that a step leads from and with what must hold there."""

    events = ""
    """How the events begin that its steps enter."""
    enters = True
    """Whether the step writes anything: that a day has passed is read off it."""
    refusing: tuple[type[Problem], ...] = (NotYourRole, CaseCannotMove, ConditionNotMet)
    groundless: type[Problem] = GroundsMissing

    def __init__(self, county: County, name: str, step: Expected) -> None:
        self.county, self.name, self.step = county, name, step
        self.owner = Database(county.url, role="owner", size=1)
        self.needs = dict.fromkeys(sorted(step.needs & {"reason", "basis"}), "有充分理由")
        self.prepare()

    def prepare(self) -> None:
        """Bring the case into its state."""
        raise NotImplementedError

    def act(self, by: str, **grounds: str) -> str:
        """Take the step and return the state the case has come into."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the database go."""
        self.owner.close()

    @property
    def taker(self) -> str:
        """Who may take the step."""
        return WHO.get(self.step.role, self.step.role)

    @property
    def others(self) -> list[str]:
        """Who may not, and is asked."""
        return sorted(set(WHO.values()) - {self.taker})

    def take(self) -> str:
        """Take the step as who may, with what it needs."""
        return self.act(self.taker, **self.needs)

    def refused(self) -> Iterator[Refused]:
        """Yield what is tried in vain: by everybody else, and without the grounds that the step needs."""
        for other in self.others:
            yield partial(self.act, other, **self.needs), self.refusing
        for lacking in self.needs:
            yield partial(self.act, self.taker, **{**self.needs, lacking: " \t"}), (self.groundless,)

    def told(self) -> None:
        """See that what happened is told as it happened."""
        by, reason = last(self.county, self.events)
        assert by == (None if self.step.role == TIME else self.taker)
        assert self.needs.get("reason", "") in (reason or "")


class InProcedure(Way):
    """A case that stands on desks: of the catalogue or of sharing."""

    besides: tuple[str, ...] = ()
    """Who is asked besides those of WHO: accounts that the county has for this kind of case."""

    @property
    def others(self) -> list[str]:
        """Who may not, and is asked: of what comes with time, nobody."""
        return [] if self.step.role == TIME else sorted({*WHO.values(), *self.besides} - {self.taker})

    def prepare(self) -> None:
        self.number = self.bring()
        procedure = installed()[self.name]
        procedure.cases([self.number]).update(state=self.step.before)
        operations.put_on_desks(procedure, procedure.cases([self.number]).get())
        if "stuck" in self.step.when:
            Turn.objects.filter(case=self.number).update(late_at=NOW - timedelta(days=1))

    def bring(self) -> str:
        """Make a case with what must hold of it, and return its number; its state is set besides."""
        raise NotImplementedError

    def told(self) -> None:
        step = Step.objects.filter(case=self.number).latest("id")
        by = log.PLATFORM if self.step.role == TIME else self.taker
        assert (step.action, step.from_state, step.to_state, step.by) == (
            self.step.action, self.step.before, self.step.after, by,
        )  # fmt: skip
        assert {turn.state for turn in Turn.objects.filter(case=self.number)} <= {self.step.after}


class OfApplication(InProcedure):
    """An application for the county's resource."""

    def bring(self) -> str:
        number, when = self.county.draft(), set(self.step.when)
        if self.step.before != "DRAFT":
            self.county.take(number, "lodge", by="consumer")
        if "supplied" in when or not {"supplied", "not_supplied"} & when:
            self.county.supply()
        if "unconditional" in when:
            self.county.say(sharing_type=1)
        if "withdrawn" in when:
            Entry.objects.filter(code=self.county.code).update(state="WITHDRAWN")
        return number

    def act(self, by: str, **grounds: str) -> str:
        return self.county.take(self.number, self.step.action, by=by, **grounds)


class OfChange(InProcedure):
    """A change of the county's resource."""

    def bring(self) -> str:
        return self.county.begin_change()

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "end":
            self.county.withdraw(by=by, **grounds)
            return Change.objects.get(no=self.number).state
        return self.county.take_change(self.number, self.step.action, by=by, **grounds)


class OfEntry(InProcedure):
    """The county's resource itself, or another that is about to be published."""

    def bring(self) -> str:
        if self.step.action == "withdraw":
            return self.county.code
        self.change = catalog.draft(
            code="307002/000001", name="婚姻登记信息", abstract="婚姻登记。", key=["number"],
            items=[{"code": "number", "name": "登记字号"}], actor=self.county.actor("editor"), now=NOW,
        )  # fmt: skip
        self.county.bring_change(self.change, to="REGISTERED")
        return "307002/000001"

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "withdraw":
            return self.county.withdraw(by=by, **grounds)
        self.county.take_change(self.change, "publish", by=by, **grounds)
        return Entry.objects.get(code=self.number).state


class OfRegistration(InProcedure):
    """The registration of a system, where it is reviewed, and else of a device."""

    besides = ("unit_admin",)

    def prepare(self) -> None:
        registering.administrator(self.county)
        if self.step.action != "enrol":  # which comes with the registration itself
            super().prepare()

    def bring(self) -> str:
        if self.step.before in REGISTERED:
            self._enrol("operator")
            if self.step.before == "LOCKED":
                registering.take(self.county, self.number, "lock", by="operator", reason="核查")
            return self.number
        number = registering.applied(self.county, "device" if "own" in self.step.when else "system")
        Registration.objects.filter(no=number).update(rules_at=NOW)
        return number

    @property
    def others(self) -> list[str]:
        """Who may not: of what the operator's file lists, nobody is asked, for the file was opened by who may."""
        return [] if self.step.action == "enrol" else super().others

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "enrol":
            return self._enrol(by)
        return registering.take(self.county, self.number, self.step.action, by=by, **grounds)

    def _enrol(self, by: str) -> str:
        with transaction.atomic():
            listing.enrol("device", code="pc-7", unit=self.county.civil, name="七号", now=NOW, by=by)
        made = Registration.objects.latest("id")
        self.number = made.no
        return made.state


class OfRenewal(InProcedure):
    """New evidence of the protection of the bureau's system, with its paper."""

    def prepare(self) -> None:
        registering.administrator(self.county)
        super().prepare()

    def bring(self) -> str:
        return registering.renewed(self.county)

    @property
    def others(self) -> list[str]:
        return sorted({*WHO.values(), "unit_admin"} - {self.taker})

    def act(self, by: str, **grounds: str) -> str:
        return registering.take_of_renewal(self.county, self.number, self.step.action, by=by, **grounds)



class OfGrant(Way):
    """A grant that an application opened."""

    events = "plane.grant"

    def prepare(self) -> None:
        application = self.county.draft()
        self.county.walk(application, to="FILED")
        self.no = f"G-{application}"

    @property
    def others(self) -> list[str]:
        """Who is asked: of what comes with time, nobody."""
        return [] if self.step.action == "expire" else super().others

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "expire":
            grants.expire(self.owner, now=self._until())
        elif self.step.action == "withdraw":
            self.county.withdraw(by=by, **grounds)
        else:
            end = service.relinquish if self.step.action == "relinquish" else service.revoke
            end(self.no, **grounds, actor=self.county.actor(by), now=NOW)
        return self._read().state

    def refused(self) -> Iterator[Refused]:
        if self.step.action == "expire":
            yield partial(grants.expire, self.owner, now=self._until() - timedelta(microseconds=1)), ()
        yield from super().refused()

    def _read(self) -> grants.Grant:
        with self.owner.transaction() as cur:
            return grants.read(cur, nos=[self.no])[self.no]

    def _until(self) -> datetime:
        return self._read().until_at


class OfSuspension(Way):
    """The suspension of a unit with a system and a grant."""

    events = "plane.suspen"
    refusing = (NotYourRole,)

    def prepare(self) -> None:
        self.county.walk(self.county.draft(), to="FILED")
        self.with_unit = self.step.action.endswith("with_unit")
        if self.step.action == "suspend_with_unit":
            self.groundless = stopping.StopWithoutReason
        if self.step.before == "standing":
            self._suspend("operator", reason="整改")
        if self.step.before == "standing_with_unit":
            stopping.stop(self.county.civil, reason="撤并", now=NOW, by="operator")

    @property
    def others(self) -> list[str]:
        """Who is asked: of what comes with the stopping and starting of a unit, nobody."""
        return [] if self.with_unit else super().others

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "suspend":
            self._suspend(by, **grounds)
        elif self.step.action == "lift":
            service.lift(self._last()[0], verified=grounds["reason"], actor=self.county.actor(by), now=NOW)
        elif self.step.action == "suspend_with_unit":
            stopping.stop(self.county.civil, now=NOW, by=by, **grounds)
        else:
            stopping.start(self.county.civil, now=NOW, by=by)
        return self._last()[1]

    def _suspend(self, by: str, *, reason: str) -> None:
        given = {"reason": reason, "clause": "SX-16-(三)", "actor": self.county.actor(by), "now": NOW}
        service.suspend(Suspendable.UNIT, self.county.civil, **given)

    def _last(self) -> tuple[int, str]:
        with self.owner.transaction() as cur:
            (row,) = cur.execute("select id, state from plane.suspension order by id desc limit 1").fetchall()
            return row
