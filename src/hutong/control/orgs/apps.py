"""Django's name for this app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registered as `orgs`."""

    name = "hutong.control.orgs"
    label = "orgs"
    default_auto_field = "django.db.models.BigAutoField"
