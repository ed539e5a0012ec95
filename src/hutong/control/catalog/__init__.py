"""The catalogue: what a unit holds and offers, from draft to publication (W1)."""
