"""Coming in: password, second factor, session."""
