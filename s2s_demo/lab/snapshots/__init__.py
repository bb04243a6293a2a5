"""Snapshots of one small training of each task."""
