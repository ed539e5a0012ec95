"""Hutong beside its peers: one machine, one run, ratios. See README.md."""
