"""What is measured rather than asserted: timings, as ratios between two ways on the same machine."""
