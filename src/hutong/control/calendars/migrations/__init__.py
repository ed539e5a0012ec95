"""Schema of this app."""
