"""Every list of records is one component: what narrows it, its order, its pages, how many there are, and its file."""
