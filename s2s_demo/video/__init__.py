"""Clips: reading them, finding poses, drawing skeletons, and the frame encoder."""
