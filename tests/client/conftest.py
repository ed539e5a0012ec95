"""The client meets the same real gateway that the gateway's own tests start."""

from gateway_county import county, county_apart, door, place, prepared, standing  # noqa: F401
