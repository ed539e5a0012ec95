"""Registrations of systems, persons and devices: the list, one as a case, and the form."""
