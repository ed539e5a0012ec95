"""Answers out: compare, query, subscribe; checked, counted, entered."""
