"""Uses in numbers and charts."""
