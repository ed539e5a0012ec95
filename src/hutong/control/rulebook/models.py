"""The versions of the rulebook. A version is written once: the database lets nobody change or delete it."""

from django.db import models

from hutong.core import beijing


class Version(models.Model):
    """What the authority changed, and from which day it holds; all else stays as it was."""

    number = models.PositiveIntegerField(primary_key=True)
    region = models.CharField(max_length=6, blank=True)  # empty: for all regions that have nothing of their own
    from_date = models.DateField()
    changed = models.JSONField()  # name → value
    reason = models.TextField()
    digest = models.CharField(max_length=64)  # SHA-256 of what stands above, in canonical JSON
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    made_by_name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gt=0), name="rulebook_version_counted"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="rulebook_version_reasoned"),
            models.CheckConstraint(condition=~models.Q(changed={}), name="rulebook_version_changes"),
            models.CheckConstraint(
                condition=models.Q(from_date__gte=beijing.FIRST) & models.Q(from_date__lt=beijing.AFTER),
                name="rulebook_version_years",
            ),
        ]
