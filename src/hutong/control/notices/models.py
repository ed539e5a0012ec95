"""Whom a unit names as its contact, what maintenance it tells of, and its faults: from when, and when it told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from hutong.control.notices.lifecycle import CONTACT_CHANGE
from hutong.control.procedures.models import Case
from hutong.control.units.models import Officer, Unit
from hutong.core import beijing

IN_FORCE = ("EFFECTIVE", "LATE")
"""States in which who was named is, or was, the contact."""


class ContactChange(Case):
    """One notice of a unit: this officer is its contact from a day on (SX-12-b)."""

    no = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="contact_changes")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="contact_of")
    phone = models.CharField(max_length=40)
    """Where the contact is reached on working days."""
    former = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    """Who was the contact when it was told; null where nobody was."""
    effective_date = models.DateField()
    reason = models.TextField()
    emergency = models.BooleanField(default=False)
    """Whether it could not wait: it holds at once, and `reason` says why (P-10)."""
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=150)

    class Meta:
        indexes = [
            models.Index(fields=["entered_at", "id"], name="contact_newest"),
            models.Index(fields=["unit", "entered_at", "id"], name="contact_of_unit"),
            models.Index(
                fields=["effective_date"], name="contact_to_come", condition=Q(state=CONTACT_CHANGE.start)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], name="contact_told_once", condition=Q(state=CONTACT_CHANGE.start)
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(phone=""), name="contact_says_why_and_where"),
            models.CheckConstraint(
                condition=Q(effective_date__gte=beijing.FIRST) & Q(effective_date__lt=beijing.AFTER),
                name="contact_years",
            ),
        ]


class MaintenanceNotice(Case):
    """One notice of planned work on a network or a front-end server, and when it was done (SX-15-a)."""

    no = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="maintenance")
    kind = models.CharField(max_length=20)
    """What work it is, of `rules.WORKS`."""
    content = models.TextField()
    affected = models.TextField()
    """Which systems and services it touches, and how."""
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    """The window that was told."""
    reason = models.TextField(blank=True)
    """Why it could not be told further ahead."""
    former = models.ForeignKey("self", models.PROTECT, null=True, related_name="told_anew")
    """The notice that it takes the place of."""
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=150)
    told_units = ArrayField(models.CharField(max_length=18), default=list)
    """Whom it was told besides the operator: the units with grants on resources of this one."""
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    """When the work began and ended, as the unit told."""

    class Meta:
        indexes = [
            models.Index(fields=["entered_at", "id"], name="maintenance_newest"),
            models.Index(fields=["unit", "from_at"], name="maintenance_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(content="") & ~Q(affected=""), name="maintenance_says_what"),
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="maintenance_has_a_window"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(begun_at__isnull=False, ended_at__gte=F("begun_at")),
                name="maintenance_ends_after_it_began",
            ),
            models.UniqueConstraint(fields=["former"], name="maintenance_told_anew_once"),
        ]


class FaultCase(Case):
    """One fault of a unit's network, front-end server or service: since when, and when it was restored (SX-15-b)."""

    no = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="faults")
    kind = models.CharField(max_length=20)
    """What is out of order, of `rules.BROKEN`."""
    symptom = models.TextField()
    """What was noticed."""
    source = models.CharField(max_length=20)
    """Who noticed it, of `rules.SOURCES`."""
    noticed_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    detected_by = models.CharField(max_length=150, blank=True)
    """The officer; empty where the platform noticed it."""
    told_units = ArrayField(models.CharField(max_length=18), default=list)
    """Whom is told that there is a fault besides the operator: the units with grants on resources of this one."""
    restored_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["entered_at", "id"], name="fault_newest"),
            models.Index(fields=["unit", "noticed_at"], name="fault_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(symptom=""), name="fault_says_what"),
            models.CheckConstraint(
                condition=Q(restored_at__isnull=True) | Q(restored_at__gte=F("noticed_at")),
                name="fault_restored_after_it_was_noticed",
            ),
        ]


class FaultAccount(models.Model):
    """What a unit told of a fault with one step: the situation, what it does, when it was restored."""

    fault = models.ForeignKey(FaultCase, models.PROTECT, related_name="accounts")
    action = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    by_name = models.CharField(max_length=100)
    situation = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["fault", "id"], name="account_of_fault")]
