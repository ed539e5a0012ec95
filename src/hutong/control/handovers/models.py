"""Who hands over to whom from which day, and what became of each part."""

from django.db import models
from django.db.models import Q

from hutong.control.handovers.lifecycle import HANDOVER, TRANSFER
from hutong.control.procedures.models import Case
from hutong.control.units.models import Officer, Unit
from hutong.core import beijing
from hutong.core.text import OFFICES

PARTS = ("case", "draft", "role", "deputy", "contact")
"""What can be open in an officer's name."""


class Handover(Case):
    """One hand-over: what is open in this officer's name on a day goes to a colleague, or to several."""

    no = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="handovers")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="handed_over")
    to = models.ForeignKey(Officer, models.PROTECT, related_name="handed")
    """Who is given all that is not given to somebody else."""
    chosen = models.JSONField(default=dict)
    """Part → the account it goes to instead; empty where it is not handed over."""
    phone = models.CharField(max_length=40, blank=True)
    """Where the unit's contact is reached from then on, where that goes over too."""
    effective_date = models.DateField()
    reason = models.TextField()
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=150)

    class Meta:
        indexes = [
            models.Index(fields=["entered_at", "id"], name="handover_newest"),
            models.Index(fields=["unit", "entered_at", "id"], name="handover_of_unit"),
            models.Index(fields=["effective_date"], name="handover_to_come", condition=Q(state=HANDOVER.start)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["officer"], name="handover_once", condition=Q(state=HANDOVER.start)
            ),
            models.CheckConstraint(condition=~Q(officer=models.F("to")), name="handover_to_another"),
            models.CheckConstraint(condition=~Q(reason=""), name="handover_says_why"),
            models.CheckConstraint(
                condition=Q(effective_date__gte=beijing.FIRST) & Q(effective_date__lt=beijing.AFTER),
                name="handover_years",
            ),
        ]


class HandoverPart(models.Model):
    """One thing that was open when a hand-over took effect: to whom it went, or why it stayed."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=10)
    lifecycle = models.CharField(max_length=60, blank=True)
    case = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=30, blank=True)
    unit = models.CharField(max_length=18, blank=True)
    """At which desk it waits, or which role in which unit it is."""
    late_at = models.DateTimeField(null=True)
    to_officer = models.CharField(max_length=150, blank=True)
    to_name = models.CharField(max_length=100, blank=True)
    passed = models.BooleanField()
    code = models.CharField(max_length=60, blank=True)
    """Why it stayed: the code of what refused it."""
    facts = models.JSONField(default=dict)
    """What that refusal says."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PARTS), name="handover_part_kind"),
            models.CheckConstraint(condition=Q(passed=True) ^ ~Q(code=""), name="handover_part_passed_or_why"),
        ]


class Transfer(Case):
    """One officer who is to go to another unit, which has to accept that (调动)."""

    no = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="transfers_out")
    receiver = models.ForeignKey(Unit, models.PROTECT, related_name="transfers_in")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="transfers")
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=150)

    class Meta:
        indexes = [
            models.Index(fields=["entered_at", "id"], name="transfer_newest"),
            models.Index(fields=["unit", "entered_at", "id"], name="transfer_of_unit"),
            models.Index(fields=["receiver", "entered_at", "id"], name="transfer_to_unit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["officer"], name="transfer_once", condition=Q(state=TRANSFER.start)),
            models.CheckConstraint(condition=~Q(unit=models.F("receiver")), name="transfer_to_another_unit"),
            models.CheckConstraint(condition=~Q(reason=""), name="transfer_says_why"),
        ]


class PlannedOffice(models.Model):
    """That an office will be passed on on a day to come: to which unit, why, and what came of it on that day."""

    role = models.CharField(max_length=30)
    region = models.CharField(max_length=6, blank=True)
    """Six digits; empty for the whole installation."""
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="offices_to_come")
    from_date = models.DateField()
    reason = models.TextField()
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)
    """When it was passed on, was refused, or was taken back; null as long as it is to come."""
    code = models.CharField(max_length=60, blank=True)
    """Why it was not passed on: the code of what refused it; `TAKEN_BACK` where the authority took it back."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "region"], name="office_planned_once", condition=Q(ended_at=None)),
            models.CheckConstraint(condition=Q(role__in=OFFICES), name="office_planned_role"),
            models.CheckConstraint(
                condition=Q(from_date__gte=beijing.FIRST) & Q(from_date__lt=beijing.AFTER), name="office_planned_years"
            ),
        ]
