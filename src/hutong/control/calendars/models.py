"""The official calendars the operator loaded."""

from django.db import models


class CalendarYear(models.Model):
    """The official calendar of one year, loaded by the operator: days off with their names, weekends worked."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    days_off = models.JSONField()
    makeup = models.JSONField()
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=150)
