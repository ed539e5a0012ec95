"""Front-end servers of units: what each declares of itself, who manages it, and how its configuration is changed."""
