"""The catalogue: a unit's entries, one as a case, and the form."""
