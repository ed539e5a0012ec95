"""What keeps a county from being lost: copies at a second place, read back, and how they come back to life."""
