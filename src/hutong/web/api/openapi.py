"""OpenAPI 3.1 of the API, made from the table of its addresses."""

import re
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from hutong.core import statuses
from hutong.web.api import door, schemas
from hutong.web.api.repeated import HEADER
from hutong.web.api.routes import ROUTES, Route
from hutong.web.front.asproblem import ADDRESSES, MEDIA

REFUSED = sorted({405, *statuses.STATUS.values()})
"""Statuses of the refusals, each told as a problem document."""


@require_safe
def described(request: HttpRequest) -> HttpResponse:
    """Answer with the description, to whoever asks."""
    return door.answer(document())


@cache
def document() -> dict[str, Any]:
    """Return the description of every address there is."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(f"{ADDRESSES}{route.path}", {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "互通 Hutong：工作人员程序接口 / the API of officers' programs",
            "version": "1",
            "description": (
                "以工作人员的个人令牌办理其有权办理的事项；开通、退回、撤销等重大步骤须由本人在页面上办理。"
                " / By an officer's personal token a program does what the officer may, but no grave step."
            ),
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": schemas.PROBLEM},
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    parts = re.findall(r"{(\w+)}", route.path)
    parameters = [{"name": each, "in": "path", "required": True, "schema": schemas.TEXT} for each in parts]
    parameters += [
        {"name": name, "in": "query", "description": said, "schema": schemas.TEXT}
        for name, said in route.query.items()
    ]
    told: dict[str, Any] = {"operationId": route.operation, "summary": route.summary}
    if route.body is not None:
        parameters.append({"name": HEADER, "in": "header", "schema": {"type": "string", "maxLength": 200}})
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": route.body}}}
    refused = {"$ref": "#/components/schemas/Problem"}
    answers: dict[str, Any] = {
        "200": {"description": "已答复 / answered", "content": {"application/json": {"schema": route.answer}}}
    }
    for status in REFUSED:
        answers[str(status)] = {"description": "problem+json", "content": {MEDIA: {"schema": refused}}}
    return {**told, "parameters": parameters, "responses": answers}
