"""A planted bug whose place has moved would be planted nowhere."""

from __future__ import annotations

from tests.mutants import MUTANTS, ROOT


def test_every_planted_bug_has_its_place():
    lost = [mutant.title for mutant in MUTANTS if mutant.old not in (ROOT / mutant.file).read_text("utf-8")]
    assert MUTANTS and not lost
