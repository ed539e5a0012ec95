"""The client meets the same real gateway that the gateway's own tests start."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "gateway"))

from gateway_county import county, door, place, prepared, standing  # noqa: F401
