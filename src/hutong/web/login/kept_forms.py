"""What is kept of a form, and how: enciphered for its officer, under a key of the pages."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import resolve

from hutong.control.units import kept_forms
from hutong.control.units.kept_forms import KeptFormGone
from hutong.core import digest
from hutong.core.digest import CipherRejected
from hutong.core.errors import Problem
from hutong.web.login import failures

NEVER = ("csrfmiddlewaretoken", "password", "present")
"""Fields that are kept of no form; a view says which of its own are not."""
REFUSED, ENDED = "refused", "ended"
"""Why a form was kept: its page refused it, or its login had ended."""


@dataclass(frozen=True, slots=True)
class ShownAgain:
    """A form that was not carried out: what was typed, when, why, and how the files were called that were chosen."""

    why: str
    form: QueryDict
    files: tuple[str, ...]
    at: datetime
    problem: Problem | None = None
    device: str = ""
    """On which device it was typed, where it is to be shown there alone."""


def place(path: str) -> str:
    """Return which page a path is, whatever its language; raises Resolver404."""
    found = resolve(path)
    return json.dumps([found.view_name, found.kwargs], sort_keys=True)


def of(request: HttpRequest, *, why: str, never: Sequence[str], at: datetime, problem: Problem | None = None,
       device: str = "") -> ShownAgain:  # fmt: skip
    """Return what is kept of a form that was posted, all but its files and the fields of `never`."""
    form = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in NEVER and name not in never:
            form.setlist(name, values)
    files = tuple(file.name or "" for _, listed in request.FILES.lists() for file in listed)
    return ShownAgain(why, form, files, at, problem, device)


def keep(kept: ShownAgain, *, page: str, officer: str, until_at: datetime) -> str:
    """Keep a form of an officer for a page (a path) until a moment, and return the token by which it is found.

    Raises FormTooLarge, and NotWritable where the failure that refused it cannot be kept.
    """
    token = secrets.token_urlsafe(24)
    said = {
        "page": place(page),
        "why": kept.why,
        "form": list(kept.form.lists()),
        "files": kept.files,
        "at": kept.at.isoformat(),
        "problem": failures.written(kept.problem) if kept.problem else None,
        "device": kept.device,
    }
    sealed = digest.INTERNATIONAL.encrypt(_key(settings.SECRET_KEY), json.dumps(said).encode(), _bound(officer, token))
    kept_forms.keep(token, sealed, username=officer, until_at=until_at, now=kept.at)
    return token


def read(token: str, *, page: str, officer: str, device: str, now: datetime) -> ShownAgain:
    """Return the form that was kept of an officer for a page under a token; raises KeptFormGone."""
    sealed = kept_forms.read(token, username=officer, now=now)
    try:
        plain = digest.INTERNATIONAL.decrypt(_key(settings.SECRET_KEY), sealed, _bound(officer, token))
    except CipherRejected:
        raise KeptFormGone from None
    said: dict[str, Any] = json.loads(plain)
    if said["page"] != place(page) or said["device"] not in ("", device):
        raise KeptFormGone
    form = QueryDict(mutable=True)
    for name, values in said["form"]:
        form.setlist(name, values)
    form._mutable = False
    problem = failures.read(said["problem"]) if said["problem"] else None
    at = datetime.fromisoformat(said["at"])
    return ShownAgain(said["why"], form, tuple(said["files"]), at, problem, said["device"])


def _bound(officer: str, token: str) -> bytes:
    return f"{officer}/{token}".encode()


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    """Return the key of kept forms: a use of its own of the secret of the pages, which is in no database."""
    return digest.derive(secret.encode(), info=b"hutong/kept-forms")
