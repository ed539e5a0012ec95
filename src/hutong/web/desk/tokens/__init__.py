"""Personal tokens: an officer's own, and those of the officers whom somebody administers."""
