"""The catalogue: entries, the versions that were published of them, and the changes that lead to a version."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hutong.control.catalog.lifecycle import UNDER_WAY
from hutong.control.procedures.models import Case
from hutong.control.units.models import Unit


class Metadata(models.Model):
    """What is said of a resource: the core metadata of 发改高技〔2017〕1272号 and its items."""

    name = models.CharField(max_length=200)
    abstract = models.TextField()
    format = models.PositiveSmallIntegerField()
    sharing_type = models.PositiveSmallIntegerField()
    sharing_condition = models.TextField(blank=True)
    sharing_basis = models.TextField(blank=True)
    method = models.PositiveSmallIntegerField()
    opened = models.BooleanField(default=False)
    opening_condition = models.TextField(blank=True)
    update_cycle = models.PositiveSmallIntegerField()
    personal = models.BooleanField(default=True)
    suite = models.CharField(max_length=20, default="international")
    service = models.CharField(max_length=60, blank=True)
    """Of an interface: what the provider's node calls the service."""
    time_out = models.PositiveSmallIntegerField(default=0)
    """Of an interface: the seconds within which it answers; 0 where it is none."""
    items = models.JSONField(default=list)
    key = models.JSONField(default=list)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(sharing_type=3) | ~Q(sharing_basis=""), name="%(class)s_not_shared_has_basis"
            ),
            models.CheckConstraint(condition=Q(sharing_type__in=(1, 2, 3)), name="%(class)s_sharing_type"),
        ]


class Entry(Case):
    """A catalogue entry: a resource of a unit, known by its code. What is said of it stands in its versions."""

    code = models.CharField(max_length=60, unique=True)
    provider = models.ForeignKey(Unit, models.PROTECT, related_name="entries")
    name = models.CharField(max_length=200)
    """As it was published last; until then as the change under way has it."""
    current = models.OneToOneField("Version", models.PROTECT, null=True, related_name="current_of")
    """The version that was published last; None until one was."""

    class Meta:
        indexes = [
            models.Index(fields=["provider", "name"], name="entry_of_provider"),
            models.Index(fields=["name", "id"], name="entry_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="entry_name_once", condition=Q(state="PUBLISHED")),
            models.CheckConstraint(
                condition=Q(state="UNPUBLISHED", current__isnull=True)
                | (~Q(state="UNPUBLISHED") & Q(current__isnull=False)),
                name="entry_published_has_version",
            ),
        ]


class Change(Case, Metadata):
    """A change of an entry, or the first compiling of one: all that will be said of it once the change is published."""

    no = models.CharField(max_length=40, unique=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="changes")
    provider = models.ForeignKey(Unit, models.PROTECT, related_name="changes")
    """Who compiles it. A code that was given up before it was ever published may go to another unit."""
    kind = models.CharField(max_length=10)
    base = models.ForeignKey("Version", models.PROTECT, null=True, related_name="changes_from")
    """The version it began from; None where the entry is new."""
    written_by = ArrayField(models.CharField(max_length=150), default=list)
    """Who drafted it, and who changed what it says: they do not decide about it (D-24)."""
    unfinished = models.JSONField(null=True)
    """What was typed into its form, by field, while that is not complete; None once it is."""

    class Meta(Metadata.Meta):
        abstract = False
        constraints = [
            *Metadata.Meta.constraints,
            models.UniqueConstraint(fields=["entry"], name="change_under_way_once", condition=Q(state__in=UNDER_WAY)),
            models.UniqueConstraint(fields=["name"], name="change_name_once", condition=Q(state__in=UNDER_WAY)),
            models.CheckConstraint(
                condition=Q(kind="new", base__isnull=True) | Q(kind="change", base__isnull=False),
                name="change_kind_has_base",
            ),
        ]


class Version(Metadata):
    """A published state of an entry, with all its metadata. No door may alter or delete one (`db.rights`)."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    change = models.OneToOneField(Change, models.PROTECT, related_name="version")
    """What led to it."""
    digest = models.CharField(max_length=64)
    """SHA-256 of its canonical JSON, `rules.body`."""
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=150)
    published_by_name = models.CharField(max_length=100)
    release_date = models.DateField()

    class Meta(Metadata.Meta):
        abstract = False
        constraints = [
            *Metadata.Meta.constraints,
            models.UniqueConstraint(fields=["entry", "number"], name="version_once"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="version_digest"),
        ]
