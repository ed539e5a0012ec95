"""Tables that the procedures of all rooms share."""

import uuid

from django.db import models
from django.db.models import Q

from hutong.audit.events import RecordClass
from hutong.control.procedures.kinds import known

CLASSES = [str(record_class) for record_class in RecordClass]


class Attachment(models.Model):
    """A file that belongs to a case; what it holds lies encrypted in its pieces."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    lifecycle = models.CharField(max_length=60)
    case = models.CharField(max_length=80)
    step = models.BigIntegerField(null=True)
    """The step it was handed in with; empty where it belongs to the case as a whole."""
    record_class = models.CharField(max_length=20)
    """It is kept as long as records of this class are."""
    name = models.CharField(max_length=240)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=150)
    added_by_name = models.CharField(max_length=100)
    org = models.CharField(max_length=18)

    class Meta:
        indexes = [models.Index(fields=["lifecycle", "case", "added_at"], name="attachment_of_case")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(known.KINDS)), name="attachment_kind"),
            models.CheckConstraint(condition=Q(record_class__in=CLASSES), name="attachment_record_class"),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="attachment_sha256"),
        ]


class AttachmentPiece(models.Model):
    """A MiB of an attachment: nonce, ciphertext and tag in one."""

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="pieces")
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attachment", "number"], name="attachment_piece_once")]
