"""Tables of units, their offices, officers, their second factors, given passwords and failed logins."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from hutong.core import beijing
from hutong.core.text import OFFICES


class Unit(models.Model):
    """A member unit, known by its unified social credit code."""

    credit_code = models.CharField(max_length=18, primary_key=True)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=30)
    region_code = models.CharField(max_length=6, blank=True)
    active = models.BooleanField(default=True)


class Officer(models.Model):
    """A person with an account who acts for one unit, in the roles assigned there."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="officer")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="officers")
    name = models.CharField(max_length=100)
    active = models.BooleanField(default=True)


class RoleAssignment(models.Model):
    """A role that an officer has in a unit: it counts from its first day until its last, unless it was ended before."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=30)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    """Last day; null where it is open. When it is over it counts no more, and a pass ends it."""
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    """When a pass saw that its first day had come, and wrote the turns; null before."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    reason = models.TextField(blank=True)
    """Why it ended."""

    class Meta:
        indexes = [
            models.Index(
                fields=["role", "unit"], name="role_assigned_now",
                condition=models.Q(ended_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "role"], name="role_assigned_once", condition=models.Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(from_date__gte=beijing.FIRST) & models.Q(from_date__lt=beijing.AFTER)
                & (models.Q(until_date__isnull=True)
                   | models.Q(until_date__gte=models.F("from_date")) & models.Q(until_date__lt=beijing.AFTER)),
                name="role_assigned_years",
            ),
        ]  # fmt: skip


class Posting(models.Model):
    """In which unit an officer worked from when until when; the present one is open, and is `Officer.unit`."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="postings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="postings")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    """Why the officer came there."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer"], name="posting_one_now", condition=models.Q(until_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gte=models.F("from_at")),
                name="posting_period",
            ),
        ]


class Competence(models.Model):
    """Which department endorses a unit's applications, from a day until another (D-23)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="under")
    department = models.ForeignKey(Unit, models.PROTECT, related_name="over")
    from_date = models.DateField()
    ended_date = models.DateField(null=True)
    """The day from which it does so no more; null as long as it does."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], name="competent_once", condition=models.Q(ended_date__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(ended_date__isnull=True) | models.Q(ended_date__gte=models.F("from_date")),
                name="competent_period",
            ),
        ]


class Office(models.Model):
    """An office of a region, and the unit that held it, or holds it, from a moment until another (D-23)."""

    role = models.CharField(max_length=30)
    region = models.CharField(max_length=6, blank=True)
    """Six digits; empty for the whole installation."""
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="offices")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    """When it was passed on; null of the unit that holds it."""
    given_by = models.CharField(max_length=150)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "region"], name="office_once", condition=models.Q(until_at__isnull=True)
            ),
            models.CheckConstraint(condition=models.Q(role__in=OFFICES), name="office_role"),
            models.CheckConstraint(condition=models.Q(region__regex=r"^([0-9]{6})?$"), name="office_region"),
            models.CheckConstraint(
                condition=models.Q(until_at__isnull=True) | models.Q(until_at__gte=models.F("from_at")),
                name="office_ends_after_it_began",
            ),
        ]


class Deputy(models.Model):
    """An officer who fills in for another unit's officers in one role (D-24)."""

    role = models.CharField(max_length=30)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="deputies")
    """Whose officers; of an office, the unit that holds it."""
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="deputises")
    reason = models.TextField()
    named_by = models.CharField(max_length=150)
    from_at = models.DateTimeField()
    until_date = models.DateField()
    """Last day; when it is over a pass ends it."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "unit", "officer"],
                name="deputy_once",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(until_date__gte=beijing.FIRST) & models.Q(until_date__lt=beijing.AFTER),
                name="deputy_years",
            ),
        ]


class SecondFactor(models.Model):
    """What an officer shows besides the password: codes by the clock, or one of the recovery codes."""

    officer = models.OneToOneField(Officer, models.CASCADE, primary_key=True, related_name="factor")
    secret = models.BinaryField()  # locked under the key file
    period = models.BigIntegerField()  # of the last code taken; no earlier one is
    recovery = ArrayField(models.CharField(max_length=64))  # SHA-256 of each code that is left
    set_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0)
    wrong_at = models.DateTimeField(null=True)


class GivenPassword(models.Model):
    """That an officer's password was made by another and given out: nothing may be done before it is changed."""

    officer = models.OneToOneField(Officer, models.CASCADE, primary_key=True, related_name="given_password")
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()


class FailedLogin(models.Model):
    """A login that failed; counted so that passwords cannot be guessed."""

    username = models.CharField(max_length=150, db_index=True)
    """The account; of one that is not there a number in its place, for what was typed may be a password."""
    source = models.CharField(max_length=64, db_index=True)
    """The place: a device known, or else what one subscriber's addresses have in common."""
    at = models.DateTimeField(db_index=True)
    shut = models.CharField(max_length=9, default="", db_default="")  # what it slowed down, once that is entered
    stranger = models.BooleanField(default=False, db_default=False)
    """Whether the account was never used at that place."""


class UsedPlace(models.Model):
    """A place an account was used from: who guesses elsewhere does not slow down who comes from there."""

    username = models.CharField(max_length=150)
    source = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["username", "source"], name="used_place_once")]


class OpenSession(models.Model):
    """A login that stands: its officer and administrators see it and may end it; a row that is gone is an end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="sessions")
    source = models.CharField(max_length=64)
    browser = models.CharField(max_length=200)
    """What the browser says of itself."""
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)


class EndedSession(models.Model):
    """A login that stood and ended, and why; for as long as a form may come that was begun while it stood."""

    id = models.UUIDField(primary_key=True)
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="ended_sessions")
    ended_at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=5)
    """`left`, `idle` or `asked`."""


class PersonalToken(models.Model):
    """What lets a program act for an officer, within its scope and until its end; of its secret a digest is kept."""

    id = models.CharField(max_length=12, primary_key=True)
    """What it is known by, and its secret begins with."""
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="tokens")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tokens")
    """The officer's unit when it was made: it ends with the posting."""
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)  # SHA-256 of the whole token, whose 256 random bits need no slow digest
    scopes = ArrayField(models.CharField(max_length=60))
    """Room and what may be done in it: `applications:read`, `applications:act`."""
    roles = ArrayField(models.CharField(max_length=30))
    """The officer's roles when it was made: it ends with any of them."""
    stamp = models.CharField(max_length=64)  # digest of what proves the officer: password and second factor
    made_at = models.DateTimeField()
    until_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_from = models.CharField(max_length=64, blank=True)
    minute = models.DateTimeField(null=True)
    """The minute of its last request, and how many there were in it."""
    requests = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    reason = models.TextField(blank=True)
    """Why it ended before its day."""

    class Meta:
        indexes = [
            models.Index(fields=["officer", "made_at", "id"], name="token_of_officer"),
            models.Index(fields=["made_at", "id"], name="token_made"),
            models.Index(fields=["unit", "made_at", "id"], name="token_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(until_at__gt=models.F("made_at")), name="token_period"),
            models.CheckConstraint(condition=models.Q(digest__regex="^[0-9a-f]{64}$"), name="token_digest"),
        ]


class AnsweredRequest(models.Model):
    """What a program's request was answered that it may send again, by the key it gave it; kept for a day."""

    token = models.ForeignKey(PersonalToken, models.CASCADE, related_name="answered")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    """Of the request: the same key with another request is a fault."""
    answer = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answered_once")]


class KeptForm(models.Model):
    """What an officer typed into a form that was not carried out; its key is in no database."""

    id = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of the token that stands in its address."""
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="kept_forms")
    at = models.DateTimeField()
    until_at = models.DateTimeField(db_index=True)
    sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["officer", "at"], name="kept_form_of_officer")]


class ExaminerScope(models.Model):
    """What an examiner's account reads, as long as its role counts; who has one is never anything else."""

    officer = models.OneToOneField(Officer, models.PROTECT, primary_key=True, related_name="examiner_scope")
    units = ArrayField(models.CharField(max_length=18))
    classes = ArrayField(models.CharField(max_length=20))
    """Classes of records."""
    reason = models.TextField()
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(units=[]) & ~models.Q(classes=[]), name="examiner_reads_something"
            ),
        ]
