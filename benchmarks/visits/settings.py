"""The pages' settings with the benchmark's application beside the others."""

from hutong.web.conf import *  # noqa: F403 - settings are one module, and these are all of it but two lines
from hutong.web.conf import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.visits"]
ROOT_URLCONF = "benchmarks.visits.urls"
