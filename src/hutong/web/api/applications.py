"""Applications for programs."""

from datetime import datetime

from django.http import QueryDict

from hutong.control.units.rules import Actor
from hutong.web.api.offered import ProgramKind
from hutong.web.desk.application import form as forms
from hutong.web.desk.application.kind import KIND
from hutong.web.desk.application.lists import APPLICATIONS

FIELDS = (
    "code", "mode", "purpose", "legal_basis", "system", "items", "conditions", "inside", "need", "users", "devices",
    "quota", "guesses", "yearly_records", "from_at", "until_at", "matters", "twice", "draft", "at",
)  # fmt: skip


def make(form: QueryDict, /, *, actor: Actor, now: datetime) -> str:
    """Draft an application for the resource `code`; it is lodged by its step."""
    return forms.drafted(form, form.get("code", "").strip(), actor=actor, now=now)


COLUMNS = ("entry_id", "consumer_id", "row_filter", "grant_no", "filing_no")

OFFERED = (ProgramKind(KIND, make, forms.amended, FIELDS, APPLICATIONS, COLUMNS),)
