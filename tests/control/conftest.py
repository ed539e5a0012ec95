"""The fixtures of `acting`, for the tests here."""

from acting import county, django_db, log_down, template

__all__ = ["county", "django_db", "log_down", "template"]
