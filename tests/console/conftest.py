"""The fixtures of the control tests' `acting`, for what operators do."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "control"))

from acting import county, database_url, django_db, log_down, peopled, template

__all__ = ["county", "database_url", "django_db", "log_down", "peopled", "template"]
