"""One county's installation: its folder, its keys, its schema."""
