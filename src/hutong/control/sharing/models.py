"""Applications, what the ladder said of them, and the words of their codes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hutong.control.catalog.models import Entry
from hutong.control.procedures.models import Case
from hutong.control.units.models import Unit
from hutong.core import beijing


class Application(Case):
    """One application to use items of one resource in one mode."""

    no = models.CharField(max_length=40, unique=True)
    consumer = models.ForeignKey(Unit, models.PROTECT, related_name="applications")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="applications")
    mode = models.CharField(max_length=20)
    items = models.JSONField()
    conditions = models.JSONField(default=list)
    row_filter = models.JSONField(default=dict)
    """Values by item: the records it asks for, all where it names no item (P-5)."""
    need = models.JSONField(default=list)
    purpose = models.TextField()
    legal_basis = models.TextField()
    matters = models.JSONField()
    system = models.CharField(max_length=100)
    users = models.JSONField()
    devices = models.JSONField()
    quota = models.PositiveIntegerField()
    guesses = models.PositiveIntegerField()
    yearly_records = models.PositiveIntegerField(default=100, db_default=100)
    """Distinct records a year that queries will disclose (D-25)."""
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    written_by = ArrayField(models.CharField(max_length=150), default=list)
    """Who drafted it, and who changed what it says: they act for the applicant (D-24)."""
    form_id = models.UUIDField(null=True)
    """Of which form it was drafted: a form that is sent twice drafts once; None where it came from no form."""
    unfinished = models.JSONField(null=True)
    """What was typed into its form, by field, while that is not complete; None once it is."""
    confirmed_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    """When it reached the operator, from which the five working days run (D-4)."""
    verifying_at = models.DateTimeField(null=True)
    grant_no = models.CharField(max_length=60, blank=True)
    filing_no = models.CharField(max_length=60, blank=True)
    filed_at = models.DateTimeField(null=True)
    register_no = models.BigIntegerField(null=True, unique=True)
    """Its place in the register of filings (备案台账): the year, and six digits that begin anew each year."""

    class Meta:
        # Lists of applications are walked from the newest.
        indexes = [
            models.Index(fields=["entered_at", "id"], name="application_newest"),
            models.Index(fields=["consumer", "entered_at", "id"], name="application_of_consumer"),
            models.Index(fields=["entry", "entered_at", "id"], name="application_of_entry"),
            models.Index(fields=["state", "entered_at", "id"], name="application_of_state"),
            models.Index(fields=["grant_no"], name="application_of_grant", condition=~models.Q(grant_no="")),
            # The register of filings is walked by its numbers.
            models.Index(
                fields=["consumer", "register_no"], name="application_filed_consumer",
                condition=models.Q(register_no__isnull=False),
            ),
            models.Index(
                fields=["entry", "register_no"], name="application_filed_entry",
                condition=models.Q(register_no__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_at__lt=models.F("until_at")), name="application_period"
            ),
            models.CheckConstraint(
                condition=models.Q(mode__in=("compare", "query", "subscribe")), name="application_mode"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    from_at__gte=beijing.midnight(beijing.FIRST),
                    until_at__lt=beijing.midnight(beijing.AFTER),
                ),
                name="application_years",
            ),
            models.UniqueConstraint(fields=["consumer", "form_id"], name="application_form_once"),
        ]


class LadderDecision(models.Model):
    """One rung the ladder tested for an application (SX-07-e), at lodging or confirming."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="ladder")
    action = models.CharField(max_length=30)
    mode = models.CharField(max_length=20)
    sufficient = models.BooleanField()
    reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)


class PurposeFinding(models.Model):
    """What the operator found of an application's purpose (SX-08-f), kept with each step that ended a verification."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="findings")
    action = models.CharField(max_length=30)
    looked_at = models.TextField()
    """What was looked at."""
    basis_found = models.BooleanField()
    """Whether that showed a basis for the purpose."""
    conclusion = models.TextField(blank=True)
    """The opinion of who verified."""
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    by_name = models.CharField(max_length=100)
    by_unit_name = models.CharField(max_length=200)


class Term(models.Model):
    """A purpose or a matter: its code, as systems sign with it, and its words; `active` while forms offer it."""

    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="term_once"),
            models.CheckConstraint(condition=models.Q(kind__in=("purpose", "matter")), name="term_kind"),
        ]
