"""Django's name for this app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registered as `sharing`."""

    name = "hutong.control.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"
