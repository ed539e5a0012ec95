"""Visits to a unit, and what it has to put right after one."""

from django.db import models

from hutong.control.procedures.models import Case


class Inspection(Case):
    """A look at how a unit keeps its catalogue."""

    no = models.CharField(max_length=40, unique=True)
    unit = models.CharField(max_length=18)


class Rectification(Case):
    """What a unit has to put right."""

    no = models.CharField(max_length=40, unique=True)
    unit = models.CharField(max_length=18)
