"""Notices of a change of contact as a kind of case: who sees one, and how a step is taken."""

from hutong.control.notices import operations, queries
from hutong.control.notices.procedure import CONTACT_CHANGES
from hutong.web.desk.room import CaseKind

KIND = CaseKind(
    CONTACT_CHANGES, "contact-change", operations.take, find=queries.notice, editable=queries.editable
)
