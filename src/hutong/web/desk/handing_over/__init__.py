"""The pages of hand-overs, which lead to the pages of every room's cases."""
