"""Front-end servers, every version of what they declared, and the changes that led from one to the next."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from hutong.control.nodes.lifecycle import UNUSED
from hutong.control.procedures.models import Case
from hutong.control.units.models import Unit

MANAGED = ("SELF", "ENTRUSTED")
"""By whom a server is managed: its unit itself, or the operator, to whom it is entrusted (SX-13-a)."""


class FrontEndServer(Case):
    """One front-end server of a unit, and what it declares now."""

    no = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="servers")
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    managed = models.CharField(max_length=10)
    facts = models.JSONField()
    """What is declared, by `rules.DECLARED`."""
    written_by = ArrayField(models.CharField(max_length=150), default=list)

    class Meta:
        indexes = [
            models.Index(fields=["entered_at", "id"], name="server_newest"),
            models.Index(fields=["unit", "entered_at", "id"], name="server_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(managed__in=MANAGED), name="server_managed"),
            models.UniqueConstraint(fields=["unit", "code"], name="server_once", condition=~Q(state__in=UNUSED)),
        ]


class ServerChange(Case):
    """One change of a server's configuration: why, when, from what to what, and what came of it (W9)."""

    no = models.CharField(max_length=40, unique=True)
    server = models.ForeignKey(FrontEndServer, models.PROTECT, related_name="changes")
    managed = models.CharField(max_length=10)
    """By whom the server was managed when it was applied for: who carries it out."""
    reason = models.TextField()
    urgent = models.BooleanField(default=False)
    """Whether it could not wait; `reason` begins with why (P-10)."""
    window_from_at = models.DateTimeField(null=True)
    window_until_at = models.DateTimeField(null=True)
    """The window that was applied for, its end excluded; an emergency has none."""
    items = ArrayField(models.CharField(max_length=20), default=list)
    """Which parts it changes, by `rules.ITEMS`."""
    before = models.JSONField()
    after = models.JSONField()
    """What is declared otherwise, as it was when it was written down, and as it is to be."""
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    """When it was carried out, as was said by who took that down."""
    executed_by = models.CharField(max_length=100, blank=True)
    done = models.TextField(blank=True)
    """Who carried it out, and what was done."""
    in_window = models.BooleanField(null=True)
    approved_before = models.BooleanField(null=True)
    """Whether it was carried out inside its window, and after it was approved; an emergency had neither to be."""
    written_by = ArrayField(models.CharField(max_length=150), default=list)

    class Meta:
        indexes = [
            models.Index(fields=["entered_at", "id"], name="server_change_newest"),
            models.Index(fields=["server", "entered_at", "id"], name="change_of_server"),
            models.Index(fields=["window_from_at"], name="server_change_begins", condition=Q(state="APPROVED")),
            models.Index(fields=["window_until_at"], name="server_change_ends", condition=Q(state="IN_WINDOW")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(urgent=True) | Q(window_from_at__lt=F("window_until_at")), name="server_change_window"
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(items=[]), name="server_change_says_why_and_what"),
            # What was carried out says when, by whom and what.
            models.CheckConstraint(
                condition=~Q(state__in=("EXECUTED", "VERIFIED", "NOT_VERIFIED"))
                | Q(executed_at__isnull=False) & ~Q(executed_by="") & ~Q(done=""),
                name="server_change_carried_out",
            ),
        ]


class DeclaredVersion(models.Model):
    """What a server declared from a moment on, for good; the first came with its registration, others by changes."""

    server = models.ForeignKey(FrontEndServer, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    from_at = models.DateTimeField()
    facts = models.JSONField()
    digest = models.CharField(max_length=64)
    change = models.ForeignKey(ServerChange, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["server", "number"], name="declared_version_once")]


class ServerDrift(Case):
    """A server that tells another digest than that of what it declares, and no change explains it (SX-14-a)."""

    no = models.CharField(max_length=40, unique=True)
    server = models.ForeignKey(FrontEndServer, models.PROTECT, related_name="drifts")
    managed = models.CharField(max_length=10)
    """By whom the server was managed when it was found: who explains it."""
    found_at = models.DateTimeField()
    since_at = models.DateTimeField()
    """Since when it tells the other digest."""
    digest = models.CharField(max_length=64)
    declared_digest = models.CharField(max_length=64)
    """What it tells, and what it declares; as they were when it was found."""

    class Meta:
        indexes = [
            models.Index(fields=["entered_at", "id"], name="server_drift_newest"),
            models.Index(fields=["server", "entered_at", "id"], name="drift_of_server"),
        ]
        constraints = [
            # What was told once is explained once, until the server tells it anew.
            models.UniqueConstraint(fields=["server", "digest", "since_at"], name="server_drift_once"),
            models.CheckConstraint(condition=~Q(digest=F("declared_digest")), name="server_drift_differs"),
        ]
