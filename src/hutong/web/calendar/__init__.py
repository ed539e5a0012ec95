"""An officer's calendar: a door that a person's program reads, without logging in."""
