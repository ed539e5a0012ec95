"""Django's name for this app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registered as `releases`."""

    name = "hutong.control.releases"
    label = "releases"
    default_auto_field = "django.db.models.BigAutoField"
