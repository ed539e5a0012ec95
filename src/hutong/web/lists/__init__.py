"""Every list of records is one component: filters, order, pages, count and file."""
