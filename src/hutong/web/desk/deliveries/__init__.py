"""Deliveries of a unit."""
