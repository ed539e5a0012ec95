"""Other people's clients meet the same real gateway that the gateway's own tests start."""

from deployed import site  # noqa: F401
from gateway_county import county, door, place, prepared, standing  # noqa: F401
