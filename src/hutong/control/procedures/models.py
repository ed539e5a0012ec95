"""Tables that the procedures of all rooms share."""
