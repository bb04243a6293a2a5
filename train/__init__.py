"""Training scripts: `python -m train`."""
