"""Who a unit's contact is, and the notices of who it will be."""
