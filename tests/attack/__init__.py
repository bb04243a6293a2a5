"""Attacks on a page in a process of its own, over loopback alone: `python -m tests.attack`."""
