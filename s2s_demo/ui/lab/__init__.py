"""The pages of the laboratory, two files each at most: the panel, and what it shows."""
