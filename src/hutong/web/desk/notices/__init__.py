"""Who a unit's contact is, the notices of who it will be, those of maintenance, and faults."""
