"""Django's name for this app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registered as `catalog`."""

    name = "hutong.control.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
