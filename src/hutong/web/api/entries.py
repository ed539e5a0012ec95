"""Entries of the catalogue and their changes for programs."""

from hutong.web.api.offered import ProgramKind
from hutong.web.desk.catalog import form as forms
from hutong.web.desk.catalog.kind import CHANGE_KIND, ENTRY_KIND
from hutong.web.desk.catalog.lists import ENTRIES

FIELDS = (
    "code", "name", "abstract", "format", "method", "service", "time_out", "sharing_type", "sharing_condition",
    "sharing_basis", "personal", "update_cycle", "items", "checked", "draft", "at",
)  # fmt: skip

OFFERED = (
    ProgramKind(CHANGE_KIND, forms.drafted, forms.amended, FIELDS, columns=("provider_id", "kind", "key")),
    ProgramKind(ENTRY_KIND, listing=ENTRIES, columns=("code", "name", "provider_id")),
)
