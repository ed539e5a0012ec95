"""Messages: what happened to an officer's cases, grants and resources since they looked."""
