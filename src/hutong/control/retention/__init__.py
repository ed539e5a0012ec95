"""Letting records go, and keeping them longer: proposed, agreed to and dropped on pages (SX-10-c, W13)."""
