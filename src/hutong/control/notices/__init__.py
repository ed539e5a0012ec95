"""Who must tell whom, and by when: whom a unit names as its contact."""
