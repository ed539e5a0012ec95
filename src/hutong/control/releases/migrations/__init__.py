"""Migrations of releases."""
