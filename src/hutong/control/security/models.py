"""Emergency plans and restore drills as tables: what each says, and what was measured."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hutong.control.procedures.models import Case
from hutong.control.security.lifecycle import IN_FORCE, PREPARED
from hutong.control.units.models import Unit


class EmergencyPlan(Case):
    """One version of the emergency plan of a region; its text is an attachment."""

    no = models.CharField(max_length=40, unique=True)
    region = models.CharField(max_length=12, blank=True)
    """Empty for the whole installation."""
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    """What it is for, and what has changed since the version before."""
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plans")
    """The unit that answers for it (责任单位)."""
    owner = models.CharField(max_length=100)
    """Who answers for it there (责任人)."""
    rehearsal_date = models.DateField()
    """By which day it is rehearsed next."""
    adopted_at = models.DateTimeField(null=True)
    rehearsed_at = models.DateTimeField(null=True)
    """When it was rehearsed last."""
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    written_by = ArrayField(models.CharField(max_length=150), default=list)
    unfinished = models.JSONField(null=True)
    """What was typed into its form, by field, while that is not complete; None once it is."""

    class Meta:
        indexes = [
            models.Index(fields=["entered_at", "id"], name="plan_newest"),
            models.Index(fields=["rehearsal_date"], name="plan_by_rehearsal", condition=Q(state="IN_FORCE")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["region"], name="plan_in_force_once", condition=Q(state__in=IN_FORCE)),
            models.UniqueConstraint(fields=["region"], name="plan_prepared_once", condition=Q(state__in=PREPARED)),
            models.UniqueConstraint(
                fields=["region", "version"], name="plan_version_once", condition=~Q(state="DROPPED")
            ),
            models.CheckConstraint(condition=Q(adopted_at__isnull=False) | ~Q(state__in=IN_FORCE), name="plan_adopted"),
        ]


class Drill(Case):
    """One restore drill: what was to be restored, from which backup set, what was measured and whether it passed."""

    no = models.CharField(max_length=40, unique=True)
    region = models.CharField(max_length=12, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="drills")
    """The unit that carries it out."""
    plan = models.ForeignKey(EmergencyPlan, models.PROTECT, null=True, related_name="drills")
    """The version of the plan it rehearses; none where none was in force."""
    planned_date = models.DateField()
    scope = models.TextField()
    set_number = models.PositiveIntegerField(null=True)
    """The backup set that is restored, and when it was finished."""
    set_ended_at = models.DateTimeField(null=True)
    read_back_at = models.DateTimeField(null=True)
    """When every file of the set was read back and fitted its digest."""
    drilled_at = models.DateTimeField(null=True)
    passed = models.BooleanField(null=True)
    failed_with = models.TextField(blank=True)
    """What did not succeed, of a drill that failed."""
    rpo_seconds = models.PositiveIntegerField(null=True)
    """For how long before the fault nothing could be restored."""
    rto_seconds = models.PositiveIntegerField(null=True)
    """From the fault until the platform answered again."""
    measures = models.JSONField(default=dict)
    """All that was measured, as `measures.read` has it."""
    reported_at = models.DateTimeField(null=True)
    written_by = ArrayField(models.CharField(max_length=150), default=list)

    class Meta:
        indexes = [models.Index(fields=["entered_at", "id"], name="drill_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(scope=""), name="drill_says_its_scope"),
            # What failed says with what; what passed was measured.
            models.CheckConstraint(condition=~Q(passed=False) | ~Q(failed_with=""), name="drill_says_what_failed"),
            models.CheckConstraint(
                condition=~Q(passed=True)
                | Q(
                    set_number__isnull=False, read_back_at__isnull=False, rpo_seconds__isnull=False,
                    rto_seconds__isnull=False, drilled_at__isnull=False,
                ),
                name="drill_passed_is_measured",
            ),
            models.CheckConstraint(
                condition=Q(passed__isnull=False) | ~Q(state__in=("RESTORE_DRILLED", "REPORTED", "NOTED")),
                name="drill_carried_out_has_result",
            ),
        ]  # fmt: skip
