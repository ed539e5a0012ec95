"""What anyone may see without an account: the platform, its catalogue, its evidence log."""
