"""A failure told to a program: `problem+json` (RFC 9457) in the words that a page has for it, in the same language."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse

from hutong.core import statuses, text
from hutong.core.errors import Problem, Unavailable
from hutong.web.wording import reader

ADDRESSES = "/api/"
"""How the addresses begin at which programs are answered, and not people."""
MEDIA = "application/problem+json"
BEARER = 'Bearer realm="hutong"'
"""What a 401 names to a program (RFC 6750, 3)."""


def asked(request: HttpRequest) -> bool:
    """Return whether a program asks, which is told in JSON what a page would tell a person."""
    return request.path_info.startswith(ADDRESSES)


def answer(said: Mapping[str, Any], *, status: int, kind: type[Problem] | None = None) -> JsonResponse:
    """Return what `telling.said` says of a failure as a problem document; `kind` is that of the failure, if known.

    `errors` has what is wrong field by field, where the failure names fields.
    """
    found = kind or next((each for each, code in statuses.STATUS.items() if code == status), Unavailable)
    document = {
        "type": f"urn:hutong:problem:{said['code']}",
        "title": text.title(found, language=reader.language()),
        "status": status,
        "detail": said["message"],
        "code": said["code"],
        "clause": said.get("clause") or None,
        "advice": said["advice"],
        "errors": [
            {
                "fields": list(each.fields), "detail": each.message, "advice": each.advice, "code": each.code,
                "clause": each.clause or None,
            }
            for each in said.get("faults", ())
        ],
    }  # fmt: skip
    if said.get("number"):
        document["incident"] = said["number"]
    return JsonResponse(document, status=status, content_type=MEDIA, json_dumps_params={"ensure_ascii": False})
