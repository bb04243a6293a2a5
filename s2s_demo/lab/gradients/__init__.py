"""Vanishing and exploding gradients: measured, clipped, of trained models."""
