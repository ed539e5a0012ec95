"""Releases. One is written once: no door may change or delete it (`db.rights`)."""

from django.db import models

from hutong.core import beijing


class Release(models.Model):
    """A text that was published under a number of its kind, with the digest of its very bytes."""

    kind = models.CharField(max_length=30)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    released_date = models.DateField()
    body = models.TextField()
    """Canonical JSON: a list of sentences, each with the clause it rests on and its words in both languages."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the body in UTF-8."""
    reason = models.TextField()
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=150)
    released_by_name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="release_numbered_once"),
            models.CheckConstraint(condition=models.Q(number__gt=0), name="release_counted"),
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(body="") & ~models.Q(reason=""), name="release_says_something"
            ),
            models.CheckConstraint(
                condition=models.Q(released_date__gte=beijing.FIRST) & models.Q(released_date__lt=beijing.AFTER),
                name="release_years",
            ),
        ]
