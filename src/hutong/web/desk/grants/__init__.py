"""Grants: what may be used, and what became of it."""
