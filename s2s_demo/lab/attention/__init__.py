"""What attention heads do, and whether it agrees with other lenses."""
