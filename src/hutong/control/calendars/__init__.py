"""The official working-day calendars of years: what the package knows and what the operator loaded."""
