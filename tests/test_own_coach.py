"""The coach: each sentence comes with its number, and none where all is well or too little is known."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from s2s_demo.custom.diagnostics import diagnose
from s2s_demo.custom.evaluation import Baseline
from s2s_demo.custom.jobs.status import MESSAGES, Status
from s2s_demo.ui.custom import progress
from s2s_demo.ui.words import said

COUNT = 30


def row(step, **more):
    made = {
        "step": step,
        "loss": 2.0 / step,
        "grad_norm": 0.5,
        "layers": {"embed_x": 0.1, "head": 0.2},
        "clipped": False,
    }
    return {**made, **more}


def scored(value, loss=0.5):
    return {"scores": {"accuracy": value, "held_loss": loss}}


HISTORY = tuple(row(i) for i in range(1, COUNT + 1))
WELL = Status(
    "0" * 24,
    "running",
    MESSAGES["running"],
    "gru",
    "encoder-only",
    1000,
    "accuracy",
    step=COUNT,
    steps=COUNT,
    loss=0.1,
    scores={"accuracy": 0.8},
    scored=200,
    baselines=(Baseline("majority", {"accuracy": 0.5}),),
    facts={"rows": 900, "held": 100, "leaks": 0, "unknown_x": 0, "unknown_y": 0, "clip": 1.0},
    history=HISTORY,
)


def told(status, kind):
    """The one piece of advice of a kind, looked at in both languages."""
    (found,) = [a for a in diagnose(status) if a.kind == kind]
    assert found.words.ko != found.words.en and "{" not in found.words.ko + found.words.en
    return found


def changed(change):
    return replace(WELL, history=tuple(change(i, r) for i, r in enumerate(HISTORY)))


def test_where_all_is_well_or_nothing_is_known_nothing_is_said():
    assert diagnose(WELL) == []
    assert diagnose(replace(WELL, step=0, history=(), facts=None, scores=None, baselines=())) == []


def test_a_leak_is_counted():
    assert "7 of 100" in told(replace(WELL, facts={**WELL.facts, "leaks": 7}), "leak").words.en


@pytest.mark.parametrize("side, says", [("unknown_y", "never be answered right"), ("unknown_x", "<unk>")])
def test_unknown_symbols_are_counted(side, says):
    words = told(replace(WELL, facts={**WELL.facts, side: 3}), "unknown").words.en
    assert "3 of 100" in words and says in words


def test_a_jump_of_the_gradient_is_told_with_its_size():
    found = told(changed(lambda i, r: {**r, "grad_norm": 40.0} if i == 27 else r), "exploding")
    assert found.number == 40 and "jumped to 40" in found.words.en


def test_an_early_jump_is_normal():
    assert diagnose(changed(lambda i, r: {**r, "grad_norm": 40.0} if i == 1 else r)) == []


def test_a_loss_that_is_no_number_is_an_explosion():
    assert "exploded" in told(replace(WELL, loss=nan), "exploding").words.en


def test_a_gradient_that_does_not_reach_x_vanishes():
    def tiny(i, r):
        return {**r, "loss": 1.0, "layers": {"embed_x": 1e-5, "head": 0.2}}

    assert told(changed(tiny), "vanishing").number == pytest.approx(5e-5)
    learnt = changed(lambda i, r: {**tiny(i, r), "loss": 0.01})
    assert not [a for a in diagnose(learnt) if a.kind == "vanishing"]


def test_steps_that_are_mostly_cut_are_told_as_a_share():
    found = told(changed(lambda i, r: {**r, "clipped": i >= 20}), "clipped")
    assert found.number == pytest.approx(10 / 15) and "67%" in found.words.en


def test_overfitting_needs_a_falling_training_loss_and_a_rising_held_out_loss():
    losses = [1.0, 0.6, 0.5, 0.55, 0.6, 0.7]

    def over(i, r):
        return {**r, **scored(0.7, losses[i // 5])} if i % 5 == 4 else r

    found = told(changed(over), "overfitting")
    assert found.number == pytest.approx(1.4) and "from 0.5 to 0.7" in found.words.en and "step 15" in found.words.en
    rising = changed(lambda i, r: {**over(i, r), "loss": 0.1 * i})
    better = changed(lambda i, r: {**over(i, r), **(scored(0.5 + i / 100, losses[i // 5]) if i % 5 == 4 else {})})
    noise = changed(lambda i, r: {**r, **scored(0.7, min(losses[i // 5], 0.54))} if i % 5 == 4 else r)
    for status in (rising, better, noise):
        assert not [a for a in diagnose(status) if a.kind == "overfitting"]


def test_not_above_the_baseline_is_told_after_half_the_steps():
    stuck = replace(WELL, scores={"accuracy": 0.505})
    assert "50.5%" in told(stuck, "baseline").words.en
    assert diagnose(replace(stuck, steps=3 * COUNT)) == []


def test_still_rising_is_worth_going_on():
    rising = changed(lambda i, r: {**r, **scored(0.3 + i / 100)} if i % 3 == 2 else r)
    found = told(rising, "improving")
    assert found.good and "+9.0 points" in found.words.en
    assert not [a for a in diagnose(changed(lambda i, r: {**r, **scored(0.6)})) if a.kind == "improving"]


def test_a_solved_task_needs_no_more():
    done = replace(WELL, scores={"accuracy": 0.995}, baselines=(Baseline("copy", {"accuracy": 0.995}),))
    assert [a.kind for a in diagnose(done)] == ["solved"] and "99.5%" in told(done, "solved").words.en


def test_several_runs_that_go_differently_are_told_apart():
    other = replace(WELL, engine="lstm", state="stopped", message=MESSAGES["stopped"])
    assert progress.race_data([WELL, WELL], "en")["line"] == progress.race_data([WELL], "en")["line"]
    line = progress.race_data([WELL, other], "en")["line"]
    assert line.startswith("GRU: step") and f" · LSTM: {MESSAGES['stopped'].en}" in line
    assert said("own.stopping", "ko") in progress.race_data([replace(WELL, stopping=True)], "ko")["line"]


@pytest.mark.parametrize("score, says", [(0.8, "Better than"), (0.5, "Level with"), (0.4, "Not")])
def test_a_score_is_above_level_with_or_below_the_baseline(score, says):
    done = replace(WELL, state="done", scores={"accuracy": score})
    assert progress.baseline_text([done], "en").lstrip("*").startswith(says)


def test_a_silent_coach_says_so_while_there_is_more_to_come():
    assert progress.diagnostics_text(WELL, "en") == said("own.silent", "en")
    assert progress.diagnostics_text(replace(WELL, state="done"), "en") == ""


def test_no_sentence_says_go_on_beside_one_that_says_enough():
    rising = changed(lambda i, r: {**r, **(scored(min(0.985, 0.9 + i / 300)) if i % 2 else {})})
    assert told(rising, "improving")
    kinds = [a.kind for a in diagnose(replace(rising, scores={"accuracy": 0.992}))]
    assert "solved" in kinds and "improving" not in kinds
    worse = changed(lambda i, r: {**r, **scored(min(0.7, 0.2 + i / 30), 0.5 + abs(i - 15) / 10)})
    kinds = [a.kind for a in diagnose(replace(worse, scores={"accuracy": 0.7}))]
    assert "overfitting" in kinds and "improving" not in kinds


def test_runs_of_one_engine_are_numbered_and_others_are_not():
    found = [WELL, replace(WELL, engine="lstm"), WELL]
    assert progress.run_titles(found, "en") == ["GRU (1)", "LSTM", "GRU (2)"]
    assert [row["title"] for row in progress.race_data(found, "en")["rows"]] == ["GRU (1)", "LSTM", "GRU (2)"]
