"""Signing on by another's identity service: which services officers log in with, and who of them is whose account."""
