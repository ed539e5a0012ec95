"""Door for time: what happens because a moment has come."""
