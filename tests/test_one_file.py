"""One file means one file: the examples, copied in, train, score, answer, race and stand in every laboratory."""

from __future__ import annotations

import json

import pytest

from tests.added import ENGINE, LENS, OURS, ROOT, TASK, copy_into, run


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    place = copy_into(tmp_path_factory.mktemp("copy"))
    done = run(place, str(ROOT / "tests" / "added.py"))
    line = next((line for line in done.stdout.splitlines() if line.startswith("FOUND ")), None)
    assert line is not None, done.stdout[-2000:] + done.stderr[-4000:]
    found = json.loads(line.removeprefix("FOUND "))
    assert found["there"][3].startswith(str(place)), "the copy is what ran"
    return {**found, "said": done.stdout}


def test_the_examples_are_short():
    sizes = [len((ROOT / "examples" / path.rpartition("/")[2]).read_text("utf-8").splitlines()) for path in OURS]
    assert sizes[0] <= 60


def test_both_are_there_and_no_file_has_a_mistake(found):
    assert found["there"][:3] == [True, True, True] and found["faults"] == []


def test_what_is_not_trained_yet_is_told_with_its_command(found):
    en, _, ko = found["untrained"].partition(" | ")
    assert en == f"minGRU is not trained on this task yet. In a terminal: python -m train {TASK} --engine {ENGINE}"
    assert ko.endswith(f"python -m train {TASK} --engine {ENGINE}") and "학습" in ko
    assert f"python -m train addition --engine {ENGINE}" in found["untrained card"]
    assert f"python -m train {TASK} --approach encoder-decoder" in found["none trained"]


def test_every_command_takes_them(found):
    assert found["codes"] == [0] * 6 and sorted(found["shelf"]) == ["lstm", ENGINE]
    rows = [json.loads(line) for line in found["said"].splitlines() if line.startswith('{"task"')]
    assert {row["engine"] for row in rows} == {"lstm", ENGINE} and all(0 <= row["exact"] <= 1 for row in rows)
    assert f"{TASK:<12} N2M" in found["said"] and "\ncat\t" in found["said"]


def test_the_panel_shows_a_trained_one_like_any_other(found):
    assert {"gradient", "occlusion"} <= set(found["lenses"]) and all(found["notes"])
    assert "cats" in found["verdict"] and sorted(found["compared"]) == ["LSTM", "minGRU"]
    assert [row[1] for row in found["card"] if row[0] == "Engine"] == ["minGRU"] and found["board"] == [2, 2]


def test_a_lens_stands_beside_the_others_with_its_own_scale_and_words(found):
    assert found["lenses"][-1] == LENS and any("gradient times input" in note.lower() for note in found["notes"])
    places, unit = found["lens"]
    assert len(places) == 1 and unit == "e · d log p / d e"


def test_they_race_each_other_and_the_rest(found):
    sizes = [one[2] for one in found["race"]]
    assert [one[:2] for one in found["race"]] == [[ENGINE, 3], ["gru", 3]] and max(sizes) < 1.1 * min(sizes)
    assert found["field"] == ["minGRU", "GRU"]
    assert "영어 복수형" in found["told"][0] and "English plurals" in found["told"][1]


def test_the_laboratories_measure_the_engine(found):
    for problem in ("adding", "recall"):
        steps, parameters = found[problem]
        assert steps == 2 and 15_000 < parameters < 27_000
    engines, colours = zip(*found["decay"], strict=True)
    assert engines[-1] == ENGINE and len(set(colours)) == 9 and found["own"] == ENGINE
