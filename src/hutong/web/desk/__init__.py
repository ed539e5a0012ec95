"""The work pages of officers."""
