"""Registrations of systems, users and devices: applied for, checked, approved, locked and cancelled (SX-10-d)."""
