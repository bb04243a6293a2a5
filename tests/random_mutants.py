"""Random bugs in three files: `python -m tests.random_mutants [--seed N] [--count N] [FILE ...]`. Of each file most must turn a test red.

A bug is one changed place: a comparison, an operator of arithmetic, `and` for `or`, a number or a truth value, None returned, a
condition turned round, or a `not` left out. Types, what the program says in words and the `strict` of a zip are left alone.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random

from tests.mutants import ROOT, copied, outcome

TESTS = {
    "s2s_demo/engines/_recurrent.py": ("engines", "auxiliary", "contract"),
    "s2s_demo/training.py": ("training", "auxiliary", "calibrate"),
    "s2s_demo/custom/reading/delimited.py": ("delimited", "own_files", "own_pairs"),
}
LEAST = 0.8  # some change nothing: a bound of a cache, `>=` for `>` of two floats
COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}  # fmt: skip


def changed(node: ast.AST, field: str, value: object) -> ast.AST:
    """A copy of the node with one field of another value."""
    other = deepcopy(node)
    setattr(other, field, value)
    return other


def bugs_at(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand where this node stands."""
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            yield changed(node, "ops", [*node.ops[:i], COMPARED[type(op)](), *node.ops[i + 1 :]])
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COMPUTED:
        yield changed(node, "op", COMPUTED[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield changed(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1)
    elif isinstance(node, ast.Return) and node.value and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        yield changed(node, "test", ast.UnaryOp(ast.Not(), node.test))


def places(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below that can be wrong."""
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    if called in ("Words", "UserError") or isinstance(node, ast.JoinedStr):
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns") or (field == "keywords" and called == "zip"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from places(child)


class Replaced(ast.NodeTransformer):
    """The tree with one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """The new one for the old one."""
        return self.new if node is self.old else super().generic_visit(node)


def planted(source: str, i: int, j: int) -> tuple[str, str]:
    """("line: the code before -> after", the source) with the j-th bug at the i-th place."""
    tree = ast.parse(source)
    node = list(places(tree))[i]
    new = list(bugs_at(node))[j]
    before, after = (ast.unparse(one).partition("\n")[0] for one in (node, new))
    return f"{node.lineno}: {before} -> {after}", ast.unparse(
        ast.fix_missing_locations(Replaced(node, new).visit(tree))
    )


def tried(file: str, seed: int, count: int) -> float:
    """The share of `count` random bugs of a file that its tests find, told bug by bug."""
    source = (ROOT / file).read_text("utf-8")
    numbers = [(i, j) for i, node in enumerate(places(ast.parse(source))) for j, _ in enumerate(bugs_at(node))]
    dead, chosen = 0, sorted(Random(f"{seed} {file}").sample(numbers, min(count, len(numbers))))
    with tempfile.TemporaryDirectory() as folder:
        place, tests = copied(Path(folder)), [f"tests/test_{name}.py" for name in TESTS[file]]
        assert outcome(place, *tests) == "ALIVE", "these tests must pass without any bug"
        for number in chosen:
            bug, text = planted(source, *number)
            (place / file).write_text(text, "utf-8")
            began = time.monotonic()
            # one file after another: most die in the first, which need not wait for the imports of the others
            what = next((said for test in tests if (said := outcome(place, test)) != "ALIVE"), "ALIVE")
            dead += what == "dead"
            print(f"{what:<6} {time.monotonic() - began:>4.0f} s  {file}:{bug}", flush=True)
    print(f"{file}: {dead} of {len(chosen)} dead, seed {seed}, {len(numbers)} places", flush=True)
    return dead / len(chosen)


def main(words: list[str] | None = None) -> int:
    """Tries the files and returns 1 if one lets too many bugs live."""
    parser = argparse.ArgumentParser(prog="python -m tests.random_mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=30, help="bugs a file")
    parser.add_argument("files", nargs="*", metavar="FILE", help=f"only these of {', '.join(TESTS)}")
    asked = parser.parse_args(words)
    shares = [tried(file, asked.seed, asked.count) for file in asked.files or TESTS]
    return int(min(shares) < LEAST)


if __name__ == "__main__":
    sys.exit(main())
