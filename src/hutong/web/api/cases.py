"""Cases, whatever their procedure: what waits for the officer, one case, and what may be done with it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict

from hutong.control.procedures import queries, since
from hutong.control.procedures.queries import CaseFilters
from hutong.control.units.tokens import ACT, READ
from hutong.core.counting import COUNTED
from hutong.core.errors import Invalid, Missing
from hutong.web import clock
from hutong.web.api import bodies, shown
from hutong.web.api.door import ProgramRequest
from hutong.web.api.offered import ProgramKind
from hutong.web.api.repeated import once
from hutong.web.api.rooms import OFFERED, ROOM_OF
from hutong.web.desk import acts, cases
from hutong.web.desk.work import waiting
from hutong.web.lists import asking, places
from hutong.web.lists.listing import Part


class NoSuchKind(Missing):
    """No kind of case is called {lifecycle} here."""


class NoSuchList(Missing):
    """There is no list of all cases of {lifecycle}; those that wait stand among the turns."""


class NotMadeAlone(Invalid):
    """Cases of {lifecycle} are not made or changed by themselves."""


PAGE = queries.PAGE
PLACE = (datetime, int)
FIELDS = frozenset({*acts.TYPED, acts.AT, acts.THEN, "handler", "about"})
"""What the body of an act may say: the fields that the forms on a case's page have."""


def turns(request: ProgramRequest) -> Mapping[str, Any]:
    """Answer with a page of what waits for the officer in the rooms of the token, the earliest due first.

    `next` is where the next page begins, null on the last. A page may have fewer rows than the others and still be
    followed by one, where the token does not read every room. Raises BeyondScope.
    """
    actor, now, given = request.actor, clock.now(), request.GET
    readable = {life for life, room in ROOM_OF.items() if request.program.may(room, READ)}
    filters = CaseFilters(
        given.get("lifecycle", ""), now if given.get("late") else None, reader=actor.officer, words=given.get("q", "")
    )
    if filters.lifecycle in ROOM_OF:
        request.program.check(ROOM_OF[filters.lifecycle], READ)
    after: Any = places.read(given.get("after", ""), of=PLACE)
    found = queries.waiting(actor.seats, filters=filters, after=after, limit=PAGE + 1)
    more, found = len(found) > PAGE, found[:PAGE]
    theirs = [each for each in found if each.lifecycle in readable]
    rows = waiting.rows(theirs, seats=actor.seats, now=now, reader=actor.officer)
    onward = places.written((found[-1].order_at, found[-1].id)) if more else None
    return {"turns": list(shown.turns(theirs, rows)), "next": onward}


def case(request: ProgramRequest, lifecycle: str, number: str) -> Mapping[str, Any]:
    """Answer with one case; raises BeyondScope, NoSuchCase, and what finding it does."""
    return _told(request, _offered(request, lifecycle, READ), number)


def listed(request: ProgramRequest, lifecycle: str) -> Mapping[str, Any]:
    """Answer with a page of the cases of one kind that the officer reads, narrowed and ordered as on the desk.

    `count` is how many there are on all pages, null where there are more than are counted (`core.counting`). Raises
    BeyondScope and NoSuchList.
    """
    offered = _offered(request, lifecycle, READ)
    listing = offered.listing
    if listing is None:
        raise NoSuchList(lifecycle=lifecycle)
    asked = asking.asked(listing, request.GET, actor=request.actor, now=clock.now())
    after = places.read(request.GET.get(asking.AFTER, ""), of=asking.order(listing, asked).place)
    found = listing.read(asked, Part(after, listing.size))
    many = listing.count(asked, COUNTED + 1)
    seen = offered.kind.procedure.seen(found.rows)
    onward = places.written(listing.place(found.rows[-1], asked.order)) if found.more else None
    return {"cases": list(shown.rows(lifecycle, seen)), "count": many if many <= COUNTED else None, "next": onward}


def made(request: ProgramRequest, lifecycle: str) -> Mapping[str, Any]:
    """Make a case of what the body says, as its form on the desk would, and answer with it as it lies there.

    Raises BeyondScope, NotMadeAlone, NoSuchField, and what making it does.
    """
    offered = _offered(request, lifecycle, ACT)
    form = bodies.read(request)
    make = offered.make
    if make is None:
        raise NotMadeAlone(lifecycle=lifecycle)
    bodies.check_known(form, frozenset(offered.fields))
    form.setdefault(acts.AT, acts.opened())

    def do() -> Mapping[str, Any]:
        return _told(request, offered, make(form, actor=request.actor, now=clock.now()))

    return once(request, form, do)


def amended(request: ProgramRequest, lifecycle: str, number: str) -> Mapping[str, Any]:
    """Change what a case says to what the body says, meant for the state it names, and answer with it.

    Raises BeyondScope, NotMadeAlone, NoSuchField, and what changing it does.
    """
    offered = _offered(request, lifecycle, ACT)
    form = bodies.read(request)
    amend = offered.amend
    if amend is None:
        raise NotMadeAlone(lifecycle=lifecycle)
    bodies.check_known(form, frozenset(offered.fields))
    return _changed(
        request, offered, number, form, lambda: amend(form, number, actor=request.actor, now=clock.now())
    )


def act(request: ProgramRequest, lifecycle: str, number: str) -> Mapping[str, Any]:
    """Do with a case what the body says, as the form on its page would, and answer with the case as it is then.

    What the officer did already for the state the body names is not done again, and said to be `repeated`. Raises
    BeyondScope, GraveByToken, and what the operations of its room do.
    """
    offered = _offered(request, lifecycle, ACT)
    kind = offered.kind
    form = bodies.read(request)
    if form.get("action") not in kind.recorded:  # what its form asks for, the room knows
        bodies.check_known(form, FIELDS)
    return _changed(
        request, offered, number, form,
        lambda: acts.carried_out(form, kind, number, actor=request.actor, now=clock.now(), confirmed=True),
    )  # fmt: skip


def _changed(
    request: ProgramRequest, offered: ProgramKind, number: str, form: QueryDict, change: Callable[[], object]
) -> Mapping[str, Any]:
    """Change a case, once for one key, and answer with it; what was done already for its state is `repeated`."""

    def do() -> Mapping[str, Any]:
        repeated = False
        try:
            change()
        except since.AlreadyDone:
            repeated = True
        return {**_told(request, offered, number), "repeated": repeated}

    return once(request, form, do)


def _offered(request: ProgramRequest, lifecycle: str, wanted: str) -> ProgramKind:
    if lifecycle not in OFFERED:
        raise NoSuchKind(lifecycle=lifecycle[:40])
    request.program.check(ROOM_OF[lifecycle], wanted)
    return OFFERED[lifecycle]


def _told(request: ProgramRequest, offered: ProgramKind, number: str) -> Mapping[str, Any]:
    kind = offered.kind
    actor = kind.acting(request.actor)
    found = kind.find(number, actor=actor)
    told = cases.show(kind, found, actor=actor, now=clock.now())
    return {**shown.case(kind.procedure.life.name, told), "says": offered.says(found, actor=actor)}
