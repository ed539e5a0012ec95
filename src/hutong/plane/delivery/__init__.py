"""Deliveries in: read, checked, sealed, merged, numbered, entered."""
