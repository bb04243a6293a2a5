"""Runs unpacked bundles where nothing but torch, what torch stands on, safetensors and the standard library can be imported.

python -I tests/alone.py < jobs.json; a job is {"folder", "xs", "wrong"}, where "wrong" are command lines that must be refused. The
last line printed is one JSON object: "jobs", for each the answers "ys", the probabilities of their symbols, "shares", what the
command "told" of each wrong line, and "code", the folder that all of its code was found in; "refused", the packages that somebody
asked for in vain; "numpy", whether it came in all the same.
"""

from __future__ import annotations

import json
import os
import sys

TORCH = {"torch", "torchgen", "functorch", "typing_extensions", "sympy", "mpmath", "networkx", "jinja2", "markupsafe"}
THERE = {*sys.stdlib_module_names, *TORCH, "filelock", "fsspec", "safetensors", "s2s_demo", "predict"}


class Refuser:
    """Stands before all other finders: what is not there cannot be found."""

    def __init__(self):
        self.refused = set()

    def find_spec(self, name, path=None, target=None):
        root = name.partition(".")[0]
        if root in THERE:
            return
        self.refused.add(root)
        raise ModuleNotFoundError(f"No module named {root!r}", name=root)


def told(main, line):
    """What the command says instead of an answer."""
    sys.argv = ["predict.py", *line]
    try:
        main()
    except SystemExit as end:
        return end.code
    return None


def done(job):
    """One bundle, with code of its own and no trace of the one before."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("s2s_demo", "predict")]:
        del sys.modules[name]
    sys.path.insert(0, job["folder"])
    import predict  # noqa: PLC0415  # pyright: ignore

    code = [module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == "s2s_demo"]
    ys, model = predict.predict(job["xs"]), predict.model()
    shares = [answer.prob_M.tolist() for answer in predict.greedy_decode(model, predict.encode_all(model, job["xs"]))]
    refusals = [told(predict.main, line) for line in job["wrong"]]
    sys.path.pop(0)
    return {"ys": ys, "shares": shares, "told": refusals, "code": os.path.commonpath(code)}


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    refuser = Refuser()
    sys.meta_path.insert(0, refuser)
    rows = [done(job) for job in json.load(sys.stdin)]
    print(json.dumps({"jobs": rows, "refused": sorted(refuser.refused), "numpy": "numpy" in sys.modules}))
