"""Limits of use: alarms, and limits that were raised for a unit."""
