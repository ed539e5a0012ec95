"""Catalogue entries."""

from django.db import models

from hutong.control.orgs.models import Organisation
from hutong.control.procedures.models import Case


class Entry(Case):
    """A catalogue entry: the core metadata of 发改高技〔2017〕1272号 and its items.

    Once it is published its columns are what is published; a change under way stands in `draft` until then.
    """

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200, unique=True)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="entries")
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
    items = models.JSONField(default=list)
    key = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    published_version = models.PositiveIntegerField(null=True)
    release_date = models.DateField(null=True)
    draft = models.JSONField(null=True)
    """All facts as they will be when the change under way is published; None where there is no such change."""

    class Meta:
        indexes = [models.Index(fields=["provider", "name"], name="entry_of_provider")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(sharing_type=3) | ~models.Q(sharing_basis=""),
                name="entry_not_shared_has_basis",
            ),
            models.CheckConstraint(condition=models.Q(sharing_type__in=(1, 2, 3)), name="entry_sharing_type"),
        ]

    def take_draft(self) -> None:
        """Let this object, in memory only, say what the change under way says."""
        for name, value in (self.draft or {}).items():
            setattr(self, name, value)
