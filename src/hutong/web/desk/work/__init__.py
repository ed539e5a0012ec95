"""The officer's own work, whatever it is about: what waits, like cases, cases to give, and those nobody has."""
