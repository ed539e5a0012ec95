"""Registrations: what was applied for, refused or locked, with the facts that the law asks for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hutong.control.procedures.models import Case
from hutong.control.registration.lifecycle import RENEWING, UNDER_WAY, UNUSED
from hutong.control.units.models import Unit

KINDS = ("system", "department", "user", "device")


class Registration(Case):
    """One system, department, user or device of a unit, as it was applied for; what answers read the plane has."""

    no = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="registrations")
    code = models.CharField(max_length=200)
    """What it is known by in questions, once it is registered; a department by its name."""
    name = models.CharField(max_length=200)
    department = models.CharField(max_length=200, blank=True)
    purpose = models.TextField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    mlps_level = models.PositiveSmallIntegerField(null=True)
    mlps_no = models.CharField(max_length=100, blank=True)
    """Number of the certificate by which the protection level was filed."""
    mlps_until = models.DateField(null=True)
    public_key = models.CharField(max_length=44, blank=True)
    """Base64 of 32 bytes."""
    enrolled = models.BooleanField(default=False)
    """Whether the operator's file brought it, and no application of the unit."""
    rules_version = models.CharField(max_length=20, blank=True)
    rules_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    rules_at = models.DateTimeField(null=True)
    rules_by = models.CharField(max_length=150, blank=True)
    """Which rules of use were accepted, by version and digest, when, and by whom."""
    written_by = ArrayField(models.CharField(max_length=150), default=list)
    unfinished = models.JSONField(null=True)
    """What was typed into its form, by field, while that is not complete; None once it is."""
    protection_reminders = models.PositiveSmallIntegerField(default=0, db_default=0)
    """How many times it was told that the evidence of its protection level lapses, since it was renewed last."""

    class Meta:
        # Lists are walked from the newest.
        indexes = [
            models.Index(fields=["entered_at", "id"], name="registration_newest"),
            models.Index(fields=["unit", "entered_at", "id"], name="registration_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="registration_kind"),
            # A system signs with its identifier; what a unit calls its users and devices is its own affair.
            models.UniqueConstraint(
                fields=["code"], name="registration_system_once",
                condition=Q(kind="system") & ~Q(state__in=UNUSED) & ~Q(code=""),
            ),
            models.UniqueConstraint(
                fields=["unit", "kind", "code"], name="registration_code_once",
                condition=~Q(state__in=UNUSED) & ~Q(code=""),
            ),
            # Nothing is reviewed or used before the rules were accepted, but what the operator's file lists.
            models.CheckConstraint(
                condition=Q(enrolled=True) | Q(rules_at__isnull=False) | Q(state__in=(*UNDER_WAY[:1], *UNUSED)),
                name="registration_rules_accepted",
            ),
        ]


class UserNumber(models.Model):
    """A number of a registered person, enciphered (P-24): the resident number, or that of a telephone."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="numbers")
    fact = models.CharField(max_length=20)
    sealed = models.BinaryField()
    """Under a key that is not in the database, bound to this registration and this fact."""
    masked = models.CharField(max_length=40)
    """As it is shown."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "fact"], name="user_number_once")]


class Renewal(Case):
    """New evidence of a system's protection level, as its unit handed it in; the papers are attached (SX-09)."""

    no = models.CharField(max_length=40, unique=True)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="renewals")
    mlps_level = models.PositiveSmallIntegerField()
    mlps_no = models.CharField(max_length=100)
    mlps_until = models.DateField()
    written_by = ArrayField(models.CharField(max_length=150), default=list)

    class Meta:
        indexes = [models.Index(fields=["registration", "-id"], name="renewal_of_system")]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], name="renewal_under_way_once", condition=Q(state__in=RENEWING)
            ),
        ]


class RulesAccepted(models.Model):
    """That a person accepted the rules of use of a release (IS-2.2-b); written once."""

    officer = models.CharField(max_length=150)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "digest"], name="rules_accepted_once")]
