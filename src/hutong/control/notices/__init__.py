"""Who must tell whom, and by when: a unit of its contact, of the maintenance it plans, and of its faults."""
