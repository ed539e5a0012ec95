"""What every procedure needs of a database, whichever room it belongs to."""
