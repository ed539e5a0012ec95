"""The fixtures of the control tests' `acting`, for pages."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "control"))

from acting import county, django_db

__all__ = ["county", "django_db"]
