"""A living county for newcomers, driven through the doors."""
