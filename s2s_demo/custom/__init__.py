"""Pairs of one's own: from a file to a trained model that can be taken away."""
