"""Do: everything that touches people's rows."""
