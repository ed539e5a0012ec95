"""Records: who used what, for which purpose, and what came of it; for the auditor, all classes of the log."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from hutong.audit.events import RecordClass
from hutong.control.catalog import queries as catalog
from hutong.control.sharing import usage
from hutong.control.sharing.usage import RecordProof, UseShown
from hutong.control.units import queries as members
from hutong.core import canonical, leaves, merkle
from hutong.web import clock
from hutong.web.desk import register
from hutong.web.desk.records import told
from hutong.web.desk.records.lists import RECORDS
from hutong.web.desk.records.rows import version
from hutong.web.desk.records.told import RecordShown
from hutong.web.front.context import gateway
from hutong.web.lists import pages
from hutong.web.lists.pages import ListShown
from hutong.web.login.entrance import officers
from hutong.web.login.request import PageRequest


@officers
def listed(request: PageRequest) -> HttpResponseBase:
    """Show a page of the usage records the officer's unit is a party of, of all for the auditor; or their file."""
    return pages.answer(RECORDS[RecordClass.USAGE], request, "desk/records.html", more=_of(request, RecordClass.USAGE))


@officers
def of_class(request: PageRequest, record_class: str) -> HttpResponseBase:
    """Show a page of the records of a class, or hand out their file; raises ClassNotYours."""
    if record_class not in RecordClass.__members__.values():
        raise Http404
    wanted = RecordClass(record_class)
    return pages.answer(RECORDS[wanted], request, "desk/record_class.html", more=_of(request, wanted))


def _of(request: PageRequest, record_class: RecordClass) -> Callable[[ListShown], dict[str, object]]:
    """Return what the pages of records show besides the list: the classes that the reader may read."""
    scope = usage.scope(request.actor)
    classes = scope.classes if len(scope.classes) > 1 else []
    return lambda _: {
        "record_class": record_class, "classes": classes, "by_subject": scope.by_subject,
        "examines": request.actor.examined is not None,
    }  # fmt: skip


def _reckoning(found: UseShown, proof: RecordProof | None) -> dict[str, str]:
    """Return what the script on the page reckons with, as Python writes it: nothing there is left to look up."""
    if proof is None:
        return {}
    lines = leaves.found_by(
        found.event, record_class=found.record_class, unit=found.unit, counterpart=found.counterpart,
        others=found.parties,
    )  # fmt: skip
    text, leaf = canonical.dumps(found.record).decode(), found.leaf.decode()
    values = {
        "salt": found.salt.hex(), "lines": lines.decode(), "record": text, "leaf": leaf, "index": proof.index,
        "size": proof.size, "hashes": list(proof.hashes), "checkpoint": proof.checkpoint,
    }  # fmt: skip
    return {name: ascii(value) for name, value in values.items()}


@officers
def one(request: PageRequest, number: int) -> HttpResponse:
    """Show one record with its place in the tree and the leaf that proves it; raises NoSuchRecord."""
    found, proof = usage.proven(min(number, 2**62), actor=request.actor, now=clock.now())
    names, of = members.names(), version(found.record)
    _, items = catalog.names([of]).get(of, ("", {}))
    shown = {
        "record": found,
        "parties": register.with_names([*found.parties], names),
        "facts": told.told(RecordShown(found.event, found.record, names, items)),
        "leaf": found.leaf.decode(),
        "leaf_hash": merkle.leaf_hash(found.leaf).hex(),
        "salt": found.salt.hex(),
        "proof": proof,
        "gateway": gateway(request),
        "vkey": settings.LOG_VKEY.split()[-1] if settings.LOG_VKEY.split() else "",
        "text": canonical.dumps(found.record).decode(),
        "reckoning": _reckoning(found, proof),
    }
    return render(request, "desk/record.html", shown)
