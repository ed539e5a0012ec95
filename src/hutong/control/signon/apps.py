"""Django's name for this app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registered as `signon`."""

    name = "hutong.control.signon"
    label = "signon"
    default_auto_field = "django.db.models.BigAutoField"
