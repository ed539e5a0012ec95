"""How far rows are counted: a list says how many there are up to here, and above it that there are more."""

COUNTED = 10_000
