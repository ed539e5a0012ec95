"""Applications to use what others hold, from lodging to the filed grant (W3)."""
