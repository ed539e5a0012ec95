"""The fixtures of the control tests' `acting`, for what operators do."""

from acting import county, database_url, django_db, log_down, peopled, template

__all__ = ["county", "database_url", "django_db", "log_down", "peopled", "template"]
