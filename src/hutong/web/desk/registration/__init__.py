"""Registrations of systems, users and devices: the list, one as a case, and the form."""
