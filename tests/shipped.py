"""The engines and tasks of the repository itself: of these there are checkpoints; of a file that somebody adds there need be none."""

ENGINES = ["independent", "conv", "rnn", "lstm", "gru", "attention", "transformer", "mamba"]
TASKS = ["arithmetic", "addition", "sums", "pos-en", "pos-ko", "intent-en", "intent-ko", "swing", "exercises"]
