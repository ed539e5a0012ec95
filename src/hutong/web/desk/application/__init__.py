"""Applications: the list, one as a case, and the form."""
