"""Records of use."""
