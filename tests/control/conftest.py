"""The fixtures of `acting`, for the tests here."""

from acting import county, database_url, django_db, log_down, peopled, template

__all__ = ["county", "database_url", "django_db", "log_down", "peopled", "template"]
