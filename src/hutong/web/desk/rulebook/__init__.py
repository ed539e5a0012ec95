"""The rulebook on pages: what is in force, its versions, and its change by the authority."""
