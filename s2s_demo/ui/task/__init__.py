"""A task's room: ask, answer, look inside."""
