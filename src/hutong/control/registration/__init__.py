"""Registrations of systems, persons and devices: applied for, checked, approved, locked and cancelled (SX-10-d)."""
