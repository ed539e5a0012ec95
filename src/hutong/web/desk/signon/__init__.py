"""Identity services and bindings, for those who administer them, and the bindings of the own account."""
