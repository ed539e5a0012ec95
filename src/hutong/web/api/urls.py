"""Addresses of the API, from the table of its routes."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from hutong.web.api import door, openapi
from hutong.web.api.routes import ROUTES

NUMBER = "{number}"
"""A case's number may have slashes in it, as an entry's code has."""


def _written(route: str) -> str:
    return route.replace(NUMBER, "<path:number>").replace("{lifecycle}", "<str:lifecycle>")


def _by_method(views: Mapping[str, door.Answer]) -> door.Answer:
    @csrf_exempt
    def answer(request: HttpRequest, **parts: object) -> HttpResponse:
        view = views.get(request.method or "")
        return view(request, **parts) if view else HttpResponseNotAllowed(sorted(views))

    return answer


def _views(route: str) -> dict[str, door.Answer]:
    return {each.method: door.programs(each.view) for each in ROUTES if each.path == route}


PATHS = tuple(dict.fromkeys(route.path for route in ROUTES))
urlpatterns = [
    path("openapi.json", openapi.described),
    *(path(_written(each), _by_method(_views(each))) for each in PATHS),
    path("<path:rest>", door.nowhere),
    path("", door.nowhere),
]
