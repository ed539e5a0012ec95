"""The public pages: the platform, its catalogue and how to apply, its evidence log."""
