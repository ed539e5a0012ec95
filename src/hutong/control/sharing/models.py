"""Applications, their moves, what the ladder said, and the words of their codes."""

from django.db import models

from hutong.control.catalog.models import Entry
from hutong.control.orgs.models import Organisation
from hutong.control.sharing import lifecycle


class Application(models.Model):
    """One application to use items of one resource in one mode."""

    no = models.CharField(max_length=40, unique=True)
    consumer = models.ForeignKey(Organisation, models.PROTECT, related_name="applications")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="applications")
    mode = models.CharField(max_length=20)
    items = models.JSONField()
    conditions = models.JSONField(default=list)
    need = models.JSONField(default=list)
    purpose = models.TextField()
    legal_basis = models.TextField()
    matters = models.JSONField()
    system = models.CharField(max_length=100)
    users = models.JSONField()
    devices = models.JSONField()
    quota = models.PositiveIntegerField()
    guesses = models.PositiveIntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=150)
    state = models.CharField(max_length=30, default="DRAFT", db_index=True)
    entered_at = models.DateTimeField()
    due_date = models.DateField(null=True)
    due_zh = models.TextField(blank=True)
    due_en = models.TextField(blank=True)
    due_days = models.PositiveSmallIntegerField(null=True)
    agreed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    verifying_at = models.DateTimeField(null=True)
    grant_no = models.CharField(max_length=60, blank=True)
    filing_no = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_at__lt=models.F("until_at")), name="application_period"
            ),
            models.CheckConstraint(
                condition=models.Q(mode__in=("compare", "query", "subscribe")), name="application_mode"
            ),
        ]

    @property
    def standing(self) -> str:
        """What the application is told to be."""
        return lifecycle.standing(self.state, agreed=self.agreed_at is not None)


class ApplicationMove(models.Model):
    """One step of an application, with the deadline it set."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="moves")
    action = models.CharField(max_length=30)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    by_name = models.CharField(max_length=100)
    org_name = models.CharField(max_length=200)
    clause = models.CharField(max_length=30)
    reason = models.TextField(blank=True)
    basis = models.TextField(blank=True)
    due_date = models.DateField(null=True)
    due_zh = models.TextField(blank=True)
    due_en = models.TextField(blank=True)

    @property
    def standing(self) -> str:
        """What the application was told to be after this step."""
        return lifecycle.standing(self.to_state, agreed=self.action == "agree")


class LadderDecision(models.Model):
    """One rung the ladder tested for an application (SX-07-e), at lodging or confirming."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="ladder")
    action = models.CharField(max_length=30)
    mode = models.CharField(max_length=20)
    sufficient = models.BooleanField()
    reason = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)


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
