"""Step 1 after a reading that failed: what stands from the reading before is said to be that, and is not lost."""

from __future__ import annotations

import pytest

from s2s_demo.ui.custom import reading
from s2s_demo.ui.words import said
from tests.own_page import pressed

GOOD = "\n".join(f"{i}\t{'ab'[i % 2]}" for i in range(20))


def given(button, path, name):
    """The values of a listener that reads: with a file that cannot be read, or a pasted text that is no pairs."""
    return [*{"own-read": ["", None, ""], "own-file": ["", path, ""], "own-hub": ["", None, name]}[button]]


@pytest.mark.parametrize("button, event", [("own-read", "click"), ("own-file", "upload"), ("own-hub", "submit")])
def test_what_was_read_before_is_greyed_and_said_to_be_of_before(button, event, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_bytes(b"one column\nonly\n")
    asked = given(button, str(file), "no such name")
    before = reading.read_input(GOOD, None)
    made, values = pressed(button, *asked, before, event=event)
    assert said("own.before", "en") in made["own-problem"]
    assert "before" in made["own-below"].elem_classes and "value" not in made["own-told"], "kept, and greyed"
    assert values[0] == {"__type__": "update"}, "the pairs of before are not lost"
    first, _ = pressed(button, *asked, None, event=event)
    assert first["own-problem"] and said("own.before", "en") not in first["own-problem"], "there is nothing before"


def test_a_reading_that_succeeds_is_no_longer_of_before():
    made, _ = pressed("own-read", GOOD, None, "", reading.read_input(GOOD, None))
    assert made["own-problem"] == "" and not made["own-below"].elem_classes
