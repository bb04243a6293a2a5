"""Training runs: the job queue, the worker process, what is kept of a run and for how long."""
