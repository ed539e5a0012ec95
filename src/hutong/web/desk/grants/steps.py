"""The steps about a grant as forms: suspending its service, lifting each suspension for itself, ending the grant."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from hutong.control.sharing import reading, rules
from hutong.control.sharing import service as services
from hutong.control.sharing.queries import GrantShown
from hutong.control.sharing.reading import ServiceNow
from hutong.control.sharing.standing import ShownGrant
from hutong.control.units.rules import Actor
from hutong.core.errors import Judging
from hutong.core.lifecycle import Lifecycle, Move, Parties, ends
from hutong.plane.lifecycle import GRANT, SUSPENSION
from hutong.plane.obstacles import Service
from hutong.plane.suspensions import Suspendable, Suspension
from hutong.web.desk import fields
from hutong.web.desk.grants import served
from hutong.web.forms import Field
from hutong.web.shown import Shown
from hutong.web.wording import clauses, procedures


@dataclass(frozen=True, slots=True)
class GrantStep(Shown):
    """A step that the reader may take: its name, what becomes of the service, and its form."""

    action: str
    label: str
    aftermath: str
    tone: str
    """How its button looks."""
    sent: tuple[tuple[str, str], ...]
    """Names and values that go with it unseen."""
    fields: tuple[Field, ...]
    address: str
    """Of its page, where it is asked for."""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Asks:
    """Who looks at a grant: the officer, the offices of the region of its consumer, and the form that was posted."""

    actor: Actor
    offices: Parties
    form: QueryDict

    def moves(self, life: Lifecycle, state: str) -> list[Move]:
        """Return the steps the officer may take."""
        return rules.steps(life, state, actor=self.actor, offices=self.offices)


def of_grant(grant: GrantShown, *, asks: Asks, service: Service) -> list[GrantStep]:
    """Return what the reader may do about a grant: move it to a newer version, suspend, end or give it back."""
    suspending = [] if grant.state in ends(GRANT) else asks.moves(SUSPENSION, SUSPENSION.start)
    return [
        *_moving(grant, asks=asks),
        *(_suspending(move, grant, form=asks.form, service=service) for move in suspending),
        *(
            _step(move, grant, tone="danger", sent={}, form=asks.form, made=(_reason(),))
            for move in asks.moves(GRANT, grant.state)
        ),
    ]


def of_suspension(each: Suspension, grant: GrantShown, *, asks: Asks, service: Service) -> list[GrantStep]:
    """Return what the reader may do about a suspension that is shown with a grant: lift it."""
    then = served.once_lifted(grant, service, each.id)
    verified = Field(
        "verified", gettext("整改核查情况（必填）"), kind="long", required=True,
        hint=gettext("核查了什么，停止服务的原因是否已经消除。"),
    )  # fmt: skip
    sent = {"id": str(each.id)}
    return [
        replace(_step(move, grant, tone="", sent=sent, form=asks.form, made=(verified,)), aftermath=then)
        for move in asks.moves(SUSPENSION, each.state)
    ]


def found_at(no: str) -> str:
    """Return the address of the list of grants that shows this one."""
    return f"{reverse('grants')}?{urlencode({'q': no})}"


def page_of(form: QueryDict) -> str:
    """Return the address of the page of the step that a form asks for.

    Raises FieldTooLong where no address could hold what was sent, and FieldUnreadable where it is no step.
    """
    fields.check(form)
    no, action = form.get("no", ""), form.get("action", "")
    if action not in ACTS or not no or "/" in no:
        raise fields.unreadable("action", action)
    return _address(no, action, sent={"id": form["id"]} if form.get("id") else None)


def take(no: str, action: str, form: QueryDict, *, actor: Actor, now: datetime) -> None:
    """Take the step that was posted about a grant; raises FieldUnreadable, FieldTooLong, and what the step raises."""
    if action not in ACTS:
        raise fields.unreadable("action", action)
    ACTS[action](form, ShownGrant(no, form.get("at", "")), actor, now)


def _suspend(form: QueryDict, shown: ShownGrant, actor: Actor, now: datetime) -> None:
    judging = Judging()
    kind, whom = fields.judged(judging, _whom, form, "whom", (Suspendable.GRANT, ""))
    clause = fields.judged(judging, _clause, form, "clause", "")
    reason = fields.judged(judging, fields.said, form, "reason", "")
    fields.judge(form, judging)
    judging.end()
    services.suspend(kind, whom, reason=reason, clause=clause, actor=actor, now=now, shown=shown)


def _whom(form: QueryDict, field: str) -> tuple[Suspendable, str]:
    kind, _, whom = fields.said(form, field).partition(" ")
    if kind not in list(Suspendable):
        raise fields.unreadable(field, kind)
    return Suspendable(kind), whom


def _clause(form: QueryDict, field: str) -> str:
    return fields.chosen(form, field, rules.SUSPENDED_BY)


def _lift(form: QueryDict, shown: ShownGrant, actor: Actor, now: datetime) -> None:
    fields.check(form)
    services.lift(fields.number(form, "id"), verified=form.get("verified", ""), actor=actor, now=now, shown=shown)


def _move(form: QueryDict, shown: ShownGrant, actor: Actor, now: datetime) -> None:
    fields.check(form)
    services.switch_version(shown.no, actor=actor, now=now, shown=shown)


def _end(form: QueryDict, shown: ShownGrant, actor: Actor, now: datetime) -> None:
    fields.check(form)
    services.revoke(shown.no, reason=form.get("reason", ""), actor=actor, now=now, shown=shown)


def _give_back(form: QueryDict, shown: ShownGrant, actor: Actor, now: datetime) -> None:
    fields.check(form)
    services.relinquish(shown.no, reason=form.get("reason", ""), actor=actor, now=now, shown=shown)


ACTS: Mapping[str, Callable[[QueryDict, ShownGrant, Actor, datetime], None]] = {
    "suspend": _suspend,
    "lift": _lift,
    "move": _move,
    "revoke": _end,
    "relinquish": _give_back,
}
"""What a form posts as `action` → what is done."""


def taken(no: str, action: str, form: QueryDict, *, actor: Actor, now: datetime) -> dict[str, str]:
    """Return in words what a form did that was taken: the step, what it was about, and how that is served now."""
    whom = form.get("whom", "").partition(" ")[0]
    kind = Suspendable(whom) if action == "suspend" else Suspendable.GRANT
    lifted = fields.number(form, "id") if action == "lift" else None
    found = reading.service_now(no, actor=actor, now=now, kind=kind, lifted=lifted)
    about = _about(found)
    if action == "move":
        then = gettext("自下一次答复起由新版本答复。")
        then = then if found.service.answered else f"{then}{served.outcome(found)}"
        return {"what": moving(), "about": about, "then": then}
    move = next(each for life in (GRANT, SUSPENSION) for each in life.moves if each.action == action)
    then = served.outcome(found) if action in ("suspend", "lift") else gettext(move.aftermath)
    return {"what": procedures.label(move), "about": about, "then": then}


def _about(found: ServiceNow) -> str:
    """Return by name what a step was about: of a grant its number, who uses it and what it is for."""
    if found.kind is not Suspendable.GRANT:
        return served.called(found.kind, found.grant)
    told = {"no": found.grant.no, "consumer": found.grant.consumer, "resource": found.grant.resource}
    return gettext("授权 %(no)s（%(consumer)s → %(resource)s）") % told


def _moving(grant: GrantShown, *, asks: Asks) -> list[GrantStep]:
    """Return the step by which the consumer's officers move a grant to the newest version, where there is one."""
    if grant.state in ends(GRANT) or not grant.newer or not rules.is_applicant(asks.actor, consumer=grant.consumer_id):
        return []
    aftermath = gettext(
        "自下一次答复起由新版本（第 %(number)s 版）答复；订阅的，须重新读取全量。"
        "信息项、方式和期限不变，不能退回旧版本。"
    ) % {"number": grant.newer}  # fmt: skip
    return [GrantStep("move", moving(), aftermath, "", (), (), _address(grant.no, "move"))]


def moving() -> str:
    """Return what it is called that a grant is answered from the newest version from then on."""
    return gettext("改用新版本")


def _suspending(move: Move, grant: GrantShown, *, form: QueryDict, service: Service) -> GrantStep:
    whom = (
        (f"{Suspendable.GRANT} {grant.no}", f"{gettext('授权')} {grant.no}"),
        (f"{Suspendable.SYSTEM} {grant.system_id}", f"{gettext('应用系统')} {grant.system}"),
        (f"{Suspendable.UNIT} {grant.consumer_id}", f"{gettext('使用单位')} {grant.consumer}"),
    )
    by = (("", gettext("请选择")), *((clause, clause_of(clause)) for clause in rules.SUSPENDED_BY))
    made = (
        Field("whom", gettext("停止的对象"), kind="choice", options=whom),
        Field("clause", gettext("停止的依据"), kind="choice", options=by, required=True),
        _reason(),
    )
    then = served.once_suspended(grant, service)
    return replace(_step(move, grant, tone="danger", sent={}, form=form, made=made), aftermath=then)


def clause_of(clause: str) -> str:
    """Return a clause that service is suspended by, in words."""
    if clause == rules.ANY_OTHER:
        return gettext("%(cited)s：其他情形") % {"cited": clauses.cited(clause)}
    return clauses.on_a_line(clause)


def _reason() -> Field:
    return Field("reason", gettext("理由（必填）"), kind="long", required=True)


def _step(
    move: Move, grant: GrantShown, *, tone: str, sent: Mapping[str, str], form: QueryDict, made: tuple[Field, ...]
) -> GrantStep:
    return GrantStep(
        action=move.action,
        label=procedures.label(move),
        aftermath=gettext(move.aftermath),
        tone=tone,
        sent=tuple(sent.items()),
        fields=tuple(replace(field, value=form.get(field.name, "")) for field in made),
        address=_address(grant.no, move.action, sent=sent),
        clause=move.clause,
    )


def _address(no: str, action: str, *, sent: Mapping[str, str] | None = None) -> str:
    return f"{reverse('grant-step', args=[no, action])}{'?' if sent else ''}{urlencode(sent or {})}"
