"""The short form of `python -m tests.attack`: the page stands what strangers, damaged files, kills and a full disk do to it."""

from __future__ import annotations

import pytest

from tests.attack.__main__ import SHORT, attacked
from tests.attack.report import table


@pytest.mark.parametrize("scene", SHORT.values())
def test_nothing_is_off_after_an_attack(scene):
    rows = attacked([scene])
    assert rows and not any(row.off for row in rows), table(rows)
