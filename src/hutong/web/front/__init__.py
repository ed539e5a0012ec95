"""What stands before the pages: bodies, headers, failures."""
