"""Security papers: the emergency plan of a region, and the restore drills that prove its backups (SX-11-c, W24)."""
