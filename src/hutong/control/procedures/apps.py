"""Django's name for this app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registered as `procedures`."""

    name = "hutong.control.procedures"
    label = "procedures"
    default_auto_field = "django.db.models.BigAutoField"
