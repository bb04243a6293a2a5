"""Files and texts of any kind to a table, and a table to pairs."""
