"""The fixtures of the control tests' `acting`, for pages, and a browser to look at them."""

from acting import county, database_url, django_db, log_down, peopled, template
from browsing import _key_of_the_log, browser, pages, place, served, window
from crowded import crowded
from sending_files import supplied
from stating import _stated

__all__ = [
    "_key_of_the_log", "_stated", "browser", "county", "crowded", "database_url", "django_db", "log_down", "pages",
    "peopled", "place", "served", "supplied", "template", "window",
]  # fmt: skip
