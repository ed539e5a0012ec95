"""Django's name for this app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registered as `rulebook`."""

    name = "hutong.control.rulebook"
    label = "rulebook"
    default_auto_field = "django.db.models.BigAutoField"
