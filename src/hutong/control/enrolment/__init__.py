"""Who is there, from a file: units, officers, systems, persons, devices, terms."""
