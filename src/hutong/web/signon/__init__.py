"""Logging in by an identity service: what is asked of it, what it may answer, the pages on the way."""
