"""How a command line speaks: help, wrong usage, two languages."""
