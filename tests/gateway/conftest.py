"""Every test here meets a gateway in a process of its own."""

from deployed import site  # noqa: F401
from gateway_county import county, county_apart, door, place, prepared, standing  # noqa: F401
