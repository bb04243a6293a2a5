"""Answers of this model, with torch and safetensors alone.

python predict.py "x" "another x"   prints one y a line

from predict import predict
predict(["x", "another x"])         # a list, one y for each x
"""

from __future__ import annotations

import sys
import warnings
from functools import lru_cache
from pathlib import Path

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Failed to initialize NumPy")  # torch says so where there is none; none is needed
    from safetensors.torch import load_file

    from s2s_demo.decoding import encode_all, greedy_decode
    from s2s_demo.model import ModelConfig, Seq2Seq
    from s2s_demo.prediction import UserError
    from s2s_demo.side_files import check_digest, read_facts

HERE = Path(__file__).resolve().parent


@lru_cache(maxsize=1)
def model() -> Seq2Seq:
    """The trained model of this folder, read once."""
    facts = read_facts(HERE / "config.json")
    check_digest(HERE / "model.safetensors", facts)
    made = Seq2Seq(ModelConfig.from_json(facts["model"]))
    made.load_state_dict(load_file(HERE / "model.safetensors"))
    return made.eval().requires_grad_(False)


def predict(xs: list[str] | str) -> list[str]:
    """The y of every x, the likeliest symbol at each step; one x may stand alone.

    Raises:
        UserError: an x is empty, or holds a symbol that the model has never met.
    """
    xs = [xs] if isinstance(xs, str) else xs
    found = greedy_decode(model(), encode_all(model(), xs))
    return [model().y_codec.decode(answer.symbols) for answer in found]


def main() -> None:
    """The command."""
    if not sys.argv[1:]:
        sys.exit('Give one x or more: python predict.py "x"')
    try:
        ys = predict(sys.argv[1:])
    except UserError as e:
        sys.exit(str(e))
    sys.stdout.buffer.write("".join(f"{y}\n" for y in ys).encode())  # in UTF-8, wherever it is printed to


if __name__ == "__main__":
    main()
