"""Engines trained side by side, live."""
