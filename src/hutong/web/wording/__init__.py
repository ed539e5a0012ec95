"""What things are called on a page."""
