"""Decide: who has what, who may use it, by when."""
