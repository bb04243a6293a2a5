"""One sentence in four shapes: inputs, masks and where the loss is taken."""
