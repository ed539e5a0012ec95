"""Addresses of the benchmark's cases. Nobody opens them there: the desk alone leads to them."""

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.visits.procedure import PROCEDURES
from hutong.control.units.rules import Actor
from hutong.web.desk.room import CaseKind


def detail(request: HttpRequest, no: str) -> HttpResponse:
    """Show nothing but the number."""
    return HttpResponse(no)


def _take(number: str, action: str, *, actor: Actor, **grounds: object) -> str:
    raise NotImplementedError


def _find(number: str, /, *, actor: Actor) -> Model:
    raise NotImplementedError


def _editable(case: Model, /, *, actor: Actor) -> bool:
    return False


KINDS = tuple(CaseKind(procedure, "visit", _take, find=_find, editable=_editable) for procedure in PROCEDURES)
urlpatterns = [path("visits/<str:no>/", detail, name="visit")]
