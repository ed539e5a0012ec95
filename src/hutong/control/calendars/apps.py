"""Django's name for this app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registered as `calendars`."""

    name = "hutong.control.calendars"
    label = "calendars"
    default_auto_field = "django.db.models.BigAutoField"
