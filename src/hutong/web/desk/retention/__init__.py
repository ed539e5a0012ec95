"""Letting records go and keeping them longer: the lists, the forms, one purge, one hold."""
