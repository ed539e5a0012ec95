"""Django's name for this app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registered as `units`."""

    name = "hutong.control.units"
    label = "units"
    default_auto_field = "django.db.models.BigAutoField"
