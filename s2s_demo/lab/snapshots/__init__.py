"""One training, kept at moments of it."""
