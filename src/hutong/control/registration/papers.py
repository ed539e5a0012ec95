"""The papers of a system's protection level: certificate or assessment lies with its registration (SX-09)."""

from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.control.registration.lifecycle import REGISTRATION, UNDER_WAY
from hutong.control.registration.models import Registration
from hutong.core.errors import Invalid

KINDS = frozenset({"pdf", "ofd", "jpg", "png", "tif"})
"""Kinds of files that a signed paper comes as: a document that is not changed any more, or a picture of one."""


class ProtectionPapersMissing(Invalid):
    """No paper of the protection level is attached to registration {no}: the certificate, or the assessment."""

    clause = "SX-09"


def missing(found: Registration) -> bool:
    """Whether a registration under way has to have papers of its protection level and has none.

    What the operator's own file lists was checked on paper.
    """
    if found.kind != "system" or found.enrolled or found.state not in UNDER_WAY:
        return False
    return not attached(REGISTRATION.name, found.no)


def attached(lifecycle: str, no: str) -> bool:
    """Whether a signed paper is attached to a case."""
    return any(each.kind in KINDS for each in attachments.listed(CaseReference(lifecycle, no)))


def check(found: Registration) -> None:
    """SX-09: raises ProtectionPapersMissing where the papers of a system are `missing`."""
    if missing(found):
        raise ProtectionPapersMissing(no=found.no)
