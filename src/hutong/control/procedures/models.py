"""Tables that the procedures of all rooms share; a case itself stands in its room's own table."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from hutong.audit.events import RecordClass
from hutong.control.procedures.kinds import known

HANDLINGS = ("take", "give", "give_back", "urge", "supervise", "consult", "answer", "attach", "detach", "edit")
ASKING = ("urge", "supervise", "consult")
"""Handlings by which an officer asks something of others."""
CLASSES = [str(record_class) for record_class in RecordClass]


class Case(models.Model):
    """What a case of any procedure has; its room adds the columns of what it is about."""

    state = models.CharField(max_length=30, db_index=True)
    entered_at = models.DateTimeField()

    class Meta:
        abstract = True


class Act(models.Model):
    """What an officer did about a case: which case, when, and who, under the names they had then."""

    lifecycle = models.CharField(max_length=60)
    case = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    by_name = models.CharField(max_length=100)
    by_unit_name = models.CharField(max_length=200)

    class Meta:
        abstract = True


class Step(Act):
    """One step of one case: what was decided, by whom, in whose place, and by which clause."""

    action = models.CharField(max_length=30)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    by_unit = models.CharField(max_length=18)
    role = models.CharField(max_length=30)
    unit = models.CharField(max_length=18, blank=True)
    """Whose step it was: the role, and the unit it is held in."""
    deputy = models.BooleanField(default=False)
    """Whether it was taken in the place of another unit's officers."""
    clause = models.CharField(max_length=30)
    reason = models.TextField(blank=True)
    basis = models.TextField(blank=True)
    aftermath = models.TextField(blank=True)
    """What follows from it; on a line below, where there is one, the remark of its room: its words, `：` and codes."""
    said = models.CharField(max_length=64, blank=True, default="", db_default="")
    """Of a step that sends back or hands in again: the digest of what the case said then (`handing_in`)."""

    class Meta:
        indexes = [
            models.Index(fields=["lifecycle", "case", "id"], name="step_of_case"),
            models.Index(fields=["by", "id"], name="step_of_officer"),
        ]


class Clock(models.Model):
    """One limit of one case: the event it counts from, the rule and its version, days skipped, pauses, result."""

    lifecycle = models.CharField(max_length=60)
    case = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="clocks")
    """The step it began with."""
    event = models.CharField(max_length=100)
    counting = models.CharField(max_length=20)
    rulebook_name = models.CharField(max_length=60, blank=True)
    """The limit's name in the rulebook, and how much it was in the version that was in force."""
    amount = models.IntegerField()
    lead_rule = models.CharField(max_length=1, default="A")
    rulebook_version = models.PositiveIntegerField()
    clause = models.CharField(max_length=30)
    from_at = models.DateTimeField()
    named_day = models.DateField(null=True)
    pauses = models.JSONField(default=list)
    day = models.DateField(null=True)
    late_at = models.DateTimeField(null=True)
    left = models.IntegerField(null=True)
    """What was left when it stood still. Neither this nor `late_at`: it waits for a year's calendar (D-20)."""
    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)
    skipped = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=10, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["lifecycle", "case"], name="clock_of_case"),
            models.Index(fields=["id"], name="clock_undated", condition=Q(late_at__isnull=True, left__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lifecycle", "case", "name"], name="clock_runs_once", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(result__in=("", "met", "late", "open")), name="clock_result"
            ),
        ]


class Turn(models.Model):
    """A move that is open and waits for somebody: desks, reminders, feeds and lateness read this table and no other.

    `leads` marks the first move of a case at a desk, so that a case stands on a desk once.
    """

    lifecycle = models.CharField(max_length=60)
    case = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=30)
    action = models.CharField(max_length=30)
    label = models.CharField(max_length=60)
    clause = models.CharField(max_length=30)
    role = models.CharField(max_length=30)
    unit = models.CharField(max_length=18, blank=True)
    """Where it waits; empty where no unit holds that office."""
    of_role = models.CharField(max_length=30)
    of_unit = models.CharField(max_length=18, blank=True)
    """Whose step it is; other than where it waits where nobody is left there, and then `why` says so."""
    why = models.CharField(max_length=20, blank=True)
    stage = models.CharField(max_length=10, blank=True)
    """The hand that is next inside the office: draft, review or sign; empty where one hand is enough."""
    region = models.CharField(max_length=12, blank=True)
    entered_at = models.DateTimeField()
    late_at = models.DateTimeField(null=True)
    clock = models.CharField(max_length=40, blank=True)
    """The clock that sets `late_at`."""
    order_at = models.DateTimeField()
    """`late_at`, or the end of all days where there is none: late first, what has no limit last."""
    rulebook_version = models.PositiveIntegerField()
    leads = models.BooleanField()
    handler = models.CharField(max_length=150, blank=True)
    """The officer who has taken the case or was given it; empty where it is the whole office's."""
    away = ArrayField(models.CharField(max_length=150), default=list)
    """Who sits at that desk with nothing to do there: kept apart, or having given a hand to what is under way."""
    urged_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # A desk's list is walked in its order, whatever it is narrowed to: each filter has an index of its own.
            models.Index(fields=["role", "unit", "order_at", "id"], name="turn_of_desk", condition=Q(leads=True)),
            models.Index(
                fields=["role", "unit", "lifecycle", "order_at", "id"], name="turn_of_desk_procedure",
                condition=Q(leads=True),
            ),
            models.Index(
                fields=["role", "unit", "handler", "order_at", "id"], name="turn_of_desk_handler",
                condition=Q(leads=True),
            ),
            models.Index(
                fields=["role", "unit", "order_at", "id"], name="turn_elsewhere", condition=Q(leads=True) & ~Q(why="")
            ),
            models.Index(fields=["lifecycle", "case"], name="turn_of_case"),
            models.Index(fields=["of_role", "of_unit"], name="turn_of_seat"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lifecycle", "case", "action", "of_role", "of_unit"], name="turn_once"),
            models.CheckConstraint(
                condition=~Q(why="") | (Q(role=F("of_role")) & Q(unit=F("of_unit"))), name="turn_elsewhere_has_why"
            ),
        ]


class HandGiven(Act):
    """What one hand inside an office said to a grave step: drafted, reviewed or signed (P-2)."""

    action = models.CharField(max_length=30)
    state = models.CharField(max_length=30)
    hand = models.CharField(max_length=10)
    agrees = models.BooleanField()
    opinion = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    basis = models.TextField(blank=True)
    """The grounds of the step as this hand would have them."""
    officers = models.PositiveSmallIntegerField(null=True)
    """How many officers gave the hands of the step, where they were too few for all of them (decision 0030)."""
    live = models.BooleanField(default=True)
    """Whether it counts for the step under way; a hand that disagrees, and the step itself, ends those before."""
    by_unit = models.CharField(max_length=18, blank=True, default="", db_default="")
    role = models.CharField(max_length=30, blank=True, default="", db_default="")
    unit = models.CharField(max_length=18, blank=True, default="", db_default="")
    """The unit of the officer, and the seat it was given for; empty of what was given before these were kept."""

    class Meta:
        indexes = [
            models.Index(fields=["lifecycle", "case", "id"], name="hand_of_case"),
            models.Index(fields=["by", "id"], name="hand_of_officer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lifecycle", "case", "action", "hand"], name="hand_once", condition=Q(live=True)
            ),
        ]


class Handling(Act):
    """What was done about a case without moving it (P-2).

    It was taken, given, urged, supervised, consulted on, answered; an attachment was added or taken away, or what it
    says was edited.
    """

    kind = models.CharField(max_length=20)
    to_officer = models.CharField(max_length=150, blank=True)
    to_name = models.CharField(max_length=100, blank=True)
    to_unit = models.CharField(max_length=18, blank=True)
    by_unit = models.CharField(max_length=18, blank=True, default="", db_default="")
    role = models.CharField(max_length=30, blank=True, default="", db_default="")
    unit = models.CharField(max_length=18, blank=True, default="", db_default="")
    """Of what is said to somebody: the unit of the officer, and the seat it was said for; of an answer the seat that
    asked; of what is given, taken or given back the seat at whose desk. Empty of what was done before these were kept.
    """
    told_officer = models.CharField(max_length=150, blank=True, default="", db_default="")
    """Who learns of it besides `to_officer`: who had the case until then; of one given back, who had given it."""
    words = models.TextField(blank=True)
    answered = models.BooleanField(default=False)
    """Of a consultation: whether its unit has answered."""
    about = models.ForeignKey("self", models.PROTECT, null=True, related_name="answers")
    """Of an answer: the consultation it answers."""
    attachment = models.UUIDField(null=True)
    """Which one was added or taken away; it may be there no more, and what it was called went with it."""

    class Meta:
        indexes = [
            models.Index(fields=["lifecycle", "case", "id"], name="handling_of_case"),
            models.Index(fields=["to_unit", "id"], name="handling_asked", condition=Q(kind="consult", answered=False)),
            models.Index(fields=["by", "id"], name="handling_asking", condition=Q(kind__in=ASKING)),
            models.Index(fields=["to_officer", "at"], name="handling_given", condition=Q(kind="give")),
            models.Index(fields=["told_officer", "at"], name="handling_told", condition=~Q(told_officer="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=HANDLINGS),
                name="handling_kind",
            ),
        ]


class MessagesLooked(models.Model):
    """Up to what an officer has looked at messages; what they tell stands in steps, entries, turns and grants alone."""

    officer = models.CharField(max_length=150, primary_key=True)
    looked_at = models.DateTimeField()
    entry = models.BigIntegerField()
    """The newest entry of the log there was then."""


class CalendarAddress(models.Model):
    """That an officer has a private address at which a calendar reads their deadlines; the address stands nowhere."""

    officer = models.CharField(max_length=150, primary_key=True)
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token that stands in the address."""
    made_at = models.DateTimeField()


class Attachment(models.Model):
    """A file that belongs to a case; what it holds lies encrypted in its pieces."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    lifecycle = models.CharField(max_length=60)
    case = models.CharField(max_length=80)
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
    added_by_unit = models.CharField(max_length=18)
    acts_before = models.PositiveIntegerField()
    """How many steps of its case, and hands to them, there were: once there are more, it stays."""

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
