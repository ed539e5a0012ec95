"""Limits and thresholds by version: what the authority changed, and from which day (SX-17, D-8)."""
