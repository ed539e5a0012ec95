"""Every event the log knows and the fields of its record: what may be remembered, and nothing else.

The moment is not a field: it stands in the public leaf, as do event and record class. A field that does
not apply is there and is null, so that a record is complete to the eye. Who adds an operation adds its
event here.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class RecordClass(StrEnum):
    """What a record is about; how long it is kept follows from it (`audit.years`)."""

    USAGE = "usage"
    """A use of shared information, or its refusal (SX-10-b)."""
    OPERATION = "operation"
    """Data moved or changed on the platform."""
    ADMINISTRATION = "administration"
    """A decision: who has what, who may use it, who is registered."""
    SECURITY = "security"
    """Who came in, who looked, what was tried."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event's name, record class and fields, and the leaf's bytes round its moment and commitment."""

    name: str
    record_class: RecordClass
    fields: frozenset[str]
    leaf_class: bytes = field(init=False, repr=False)
    leaf_event: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "leaf_class", f'","class":"{self.record_class}","commitment":"'.encode())
        object.__setattr__(self, "leaf_event", f'","event":"{self.name}","v":1}}'.encode())


# C.2 UsageLog. `result` is OK or the code of the refusal; `latency_us` runs from acceptance to just before
# the commit; `asked` counts claims, questions or changes; user and device are as the signing system said.
USAGE = """
    org dept user device system grant mode purpose matter resource version items condition_digest asked
    result latency_us profile
"""

_TABLE: dict[RecordClass, dict[str, str]] = {
    RecordClass.USAGE: {
        "plane.compared": USAGE,  # the verdicts are not remembered, nor how many there were of each
        "plane.queried": USAGE + "returned",
        "plane.snapshot_read": USAGE + "returned change",
        "plane.changes_followed": USAGE + "returned after change",
        "plane.refused": USAGE,
    },
    RecordClass.OPERATION: {
        "plane.delivered": """
            org resource version delivery kind digest sent accepted rejected inserted updated deleted
            first_change last_change by
        """,
        "plane.delivery_refused": "org resource version delivery kind digest result reason by",
        "plane.delivery_held": "org resource version delivery kind digest sent accepted rejected reason by",
        "plane.delivery_released": "org resource version delivery by",
        "plane.retired_emptied": "org resource version rows",
        "plane.corrected": "org resource version change items reason matter by",
        "plane.bulk_compared": "org grant mode purpose matter resource version items asked engine result by",
        "audit.exported": "by size root records",
        "nodes.observed": "org node fingerprint baseline result",
        "worker.ran": "task from_at until_at result",
    },
    RecordClass.ADMINISTRATION: {
        "plane.definition_published": "org resource version digest by",
        "plane.grant_opened": """
            grant application resource provider consumer system mode items conditions purpose matters users
            devices fold_absent quota guesses from_at until_at filing_no by
        """,
        "plane.grant_suspended": "grant reason clause by",
        "plane.grant_resumed": "grant reason clause by",
        "plane.grant_revoked": "grant reason clause by",
        "plane.grant_expired": "grant until_at",
        "plane.system_registered": "system org name profiles mlps_level mlps_until by",
        "plane.system_changed": "system org before after by",
        "plane.person_registered": "person org by",
        "plane.person_changed": "person org before after by",
        "plane.device_registered": "device org by",
        "plane.device_changed": "device org before after by",
        "orgs.org_registered": "org name kind by",
        "orgs.org_changed": "org before after by",
        "orgs.org_stopped": "org reason by",
        "orgs.org_started": "org by",
        "orgs.contact_changed": "org before after effective_date notice clause by",
        "orgs.role_given": "org person role by",
        "orgs.role_taken": "org person role reason by",
        "notices.given": "notice org kind effective_at clause by",
        "notices.withdrawn": "notice org reason by",
        "catalog.entry_drafted": "resource org digest by",
        "catalog.entry_changed": "resource org version before after by",
        "catalog.moved": "resource org version from_state to_state reason basis clause by",
        # The provider's word on a delivery that deletes much; `alone` where who handed it in gives it too.
        "catalog.delivery_confirmed": "resource org delivery digest delivered_by alone by",
        "catalog.delivery_not_confirmed": "resource org delivery delivered_by reason by",
        "catalog.released": "release scope entries digest by",
        "sharing.applied": "application resource org system mode items purpose matter legal_basis digest by",
        "sharing.application_changed": "application before after by",
        "sharing.ladder_decided": "application mode sufficient reason explanation by",
        "sharing.moved": "application from_state to_state reason basis clause by",
        "sharing.term_registered": "kind code name name_en by",
        "sharing.term_changed": "kind code before after by",
        "nodes.registered": "node org management by",
        "nodes.change_moved": "change node org from_state to_state reason clause by",
        "oversight.moved": "violation org from_state to_state reason clause by",
        "calendar.loaded": "year digest source by",
        "rulebook.changed": "version region from_day before after reason digest by",
        "procedures.attachment_added": "lifecycle case step attachment kind size digest by",
        "procedures.attachment_removed": "lifecycle case step attachment kind size digest by",
        "audit.purge_requested": "purge record_class before by",
        "audit.purge_refused": "purge record_class before reason clause by",
        "audit.purge_approved": "purge record_class before requested_by by",
        "audit.purge_done": "purge record_class before removed requested_by approved_by certificate by",
        "audit.hold_placed": "hold record_class reason until_at by",
        "audit.hold_lifted": "hold record_class reason by",
    },
    RecordClass.SECURITY: {
        # Before a caller is known: one entry per source and minute, `codes` maps each code to its count.
        "plane.unknown_refused": "source minute count codes",
        "auth.login": "person org source method",
        "auth.logout": "person org",
        "auth.failed": "person source method reason",
        # Once when the door is shut, at the first who finds it so. `shut` is `account` or `source`; `person` is null
        # where there is no such account: what was typed may be a password.
        "auth.blocked": "person source method shut failures",
        "auth.changed": "person change by",
        "audit.record_read": "by org entries",
        "procedures.attachment_read": "lifecycle case step attachment kind size digest by",
        "plane.grants_read": "by org grants",
    },
}

EVENTS: dict[str, Event] = {
    name: Event(name, record_class, frozenset(fields.split()))
    for record_class, events in _TABLE.items()
    for name, fields in events.items()
}
