"""Whom a unit names as its contact, from which day, and how far ahead it told."""

from django.db import models
from django.db.models import Q

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
