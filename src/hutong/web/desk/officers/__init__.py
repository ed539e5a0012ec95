"""Officers and their roles, for those who administer them."""
