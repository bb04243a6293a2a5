"""Decoding step by step: greedy beside beam search, teacher forcing beside free running."""
