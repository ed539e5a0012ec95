"""Who is there, from a file: units, officers, systems, users, devices, terms."""
