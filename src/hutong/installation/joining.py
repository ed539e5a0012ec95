"""How a process that is no web server comes to Django: control's operations act on its database then."""

import os
import secrets

import django

from hutong.core.workdays import Calendar
from hutong.installation.opening import Installation

STATEMENT_SECONDS = 600.0
"""Longest one statement may take of a command, or of what the worker does once a day."""


def join_django(installation: Installation, *, signs: bool = True) -> None:
    """Let control's operations act on this installation's database, in the role the pages have.

    Who makes no page and no session `signs` nothing, and needs no secret that outlives it.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "hutong.web.conf"
    os.environ["HUTONG_DATABASE_URL"] = installation.database_url
    os.environ["HUTONG_STATEMENT_SECONDS"] = str(STATEMENT_SECONDS)
    os.environ["HUTONG_WEB_SECRET"] = installation.web_secret if signs else secrets.token_urlsafe(48)
    django.setup()


def catch_up(installation: Installation) -> None:
    """Do what an upgrade may have made possible: deadlines that waited for a calendar now known are computed (D-20)."""
    join_django(installation)
    # Django is set up now, which its models ask for.
    from django.db import connection

    # As above.
    from hutong.control.calendars import operations as calendars
    from hutong.control.procedures import passes

    calendars.catch_up(Calendar.official(), also=passes.recompute_deadlines)
    connection.close()
