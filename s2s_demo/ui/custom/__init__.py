"""Custom data: read, train, use."""
