"""The fixtures of the control tests' `acting`, for pages."""

import os
import sys
from pathlib import Path

os.environ["HUTONG_WEB_NAMES"] = "testserver"  # as the test client calls itself
sys.path.insert(0, str(Path(__file__).parent.parent / "control"))

from acting import county, django_db

__all__ = ["county", "django_db"]
