"""Every test here meets a gateway in a process of its own."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from gateway_county import county, door, place, prepared, standing  # noqa: F401
