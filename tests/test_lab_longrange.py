"""The long-range laboratory: problems that are what they say, runs that stop and resume, a page that says what was measured."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import islice
from math import log
from threading import Event

import numpy as np
import pytest
import torch

from s2s_demo import engines
from s2s_demo.lab.long_range import problems, runs
from s2s_demo.lab.long_range.figures import (
    LiveRun,
    ReferenceCurve,
    ScoreCurve,
    live_curves,
    marked_numbers,
    score_curves,
)
from s2s_demo.lab.long_range.problems import (
    KEYS,
    PROBLEMS,
    VALUES,
    Net,
    adding,
    chrono,
    loss_of,
    majority_accuracy,
    recall,
)
from s2s_demo.lab.long_range.runs import GridRun, cells, enough, initialised_net, read_runs, results_of, train_cell
from s2s_demo.prediction import UserError
from s2s_demo.ui.lab import long_range, long_range_content
from train.__main__ import main

RECALL, ADDING = PROBLEMS["recall"], PROBLEMS["adding"]
FAR = [e for e in engines.ENGINES if e not in ("independent", "conv")]


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def run(engine="gru", distance=200, seed=0, score=0.005, problem="adding", solved=True):
    baseline = PROBLEMS[problem].baseline
    return GridRun(problem, engine, distance, seed, score, baseline, solved, 100, 2.0, 19_000, 0.01)


def test_the_sum_is_of_the_two_marked_numbers_one_in_each_half():
    batch = adding(500, 41, rng())
    numbers, marks = batch.x.unbind(-1)
    assert torch.equal(marks[:, :20].sum(1), torch.ones(500)) and torch.equal(marks[:, 20:].sum(1), torch.ones(500))
    assert torch.allclose(batch.y, (numbers * marks).sum(1), atol=1e-6)
    assert marks[:, 0].any() and marks[:, -1].any(), "the ends are drawn too"


def test_always_one_is_the_baseline_of_adding():
    y = adding(60_000, 10, rng()).y
    assert float(((y - 1) ** 2).mean()) == pytest.approx(ADDING.baseline, rel=0.02)
    assert all(float(((y - other) ** 2).mean()) > float(((y - 1) ** 2).mean()) for other in (0.9, 1.1))


def test_each_question_has_the_value_of_its_key():
    batch = recall(200, 8, rng())
    for x, y in zip(batch.x.tolist(), batch.y.tolist(), strict=True):
        told = dict(zip(x[0:16:2], x[1:16:2], strict=True))
        assert len(told) == 8 and max(told) < KEYS and sorted(x[16:]) == sorted(told)
        assert [told[key] - KEYS for key in x[16:]] == y
    assert any(x[0:16:2] != x[16:] for x in batch.x.tolist()), "asked in another order"


@pytest.mark.parametrize("distance", RECALL.distances)
def test_the_floors_of_recall_are_what_a_guess_and_a_count_reach(distance):
    y = recall(4_000, distance, rng(3)).y.numpy()
    assert float((y == 5).mean()) == pytest.approx(RECALL.baseline, abs=0.01)
    counted = np.mean([Counter(row).most_common(1)[0][1] / distance for row in y.tolist()])
    assert majority_accuracy(distance) == pytest.approx(counted, abs=0.01)
    assert majority_accuracy(distance) > 2 * RECALL.baseline


@pytest.mark.parametrize("engine", engines.ENGINES)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_net_is_of_about_one_size_and_answers_in_shape(problem, engine):
    net = initialised_net(problem, engine, 4, 0)
    assert 15_000 < sum(p.numel() for p in net.layer.parameters()) < 21_500
    batch = PROBLEMS[problem].draw(3, 4, rng())
    assert net(batch.x).shape == ((3,) if problem == "adding" else (3, 4, VALUES))
    assert loss_of(net, batch).isfinite()


def test_only_the_engines_that_can_see_the_first_step():
    seen = {}
    for engine in engines.ENGINES:
        net, x = initialised_net("adding", engine, 40, 0).double(), adding(2, 40, rng()).x.double().requires_grad_()
        net(x).sum().backward()
        seen[engine] = bool(x.grad is not None and (x.grad[:, 0] != 0).any())
    assert seen == {engine: engine in FAR for engine in engines.ENGINES}, "structurally zero, not small"


def test_chrono_gates_keep_for_up_to_T_steps():
    for engine, keep in (("lstm", slice(48, 96)), ("gru", slice(56, 112)), ("attention", slice(48, 96))):
        kernel = next(m for m in initialised_net("adding", engine, 200, 0).modules() if isinstance(m, torch.nn.RNNBase))
        bias = (kernel.get_parameter("bias_ih_l0") + kernel.get_parameter("bias_hh_l0")).detach()
        assert bias[keep].min() >= 0 and bias[keep].max() <= log(199) and bias[keep].max() > log(60)
        if engine == "lstm":
            assert torch.equal(bias[:48], -bias[keep])
    plain = next(m for m in initialised_net("recall", "lstm", 8, 0).modules() if isinstance(m, torch.nn.LSTM))
    assert torch.allclose((plain.bias_ih_l0 + plain.bias_hh_l0)[48:96], torch.ones(48)), "forget bias 1"
    chrono(torch.nn.GRU(4, 4), 2)


def test_a_few_steps_lower_the_loss():
    losses = [m.loss for m in train_cell(RECALL, "gru", 2, steps=60)]
    assert len(losses) == 60 and np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])


def test_the_same_seed_is_the_same_run_and_leaves_the_others_their_chance():
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    first, second = ([m.loss for m in train_cell(ADDING, "gru", 10, seed=5, steps=4)] for _ in range(2))
    other = [m.loss for m in train_cell(ADDING, "gru", 10, seed=6, steps=4)]
    assert first == second != other
    assert torch.equal(before, torch.get_rng_state()) and torch.get_num_threads() == threads


def test_a_run_ends_within_a_step_of_the_flag_and_is_scored():
    wish = []
    seen = []
    for moment in train_cell(ADDING, "rnn", 10, stop=lambda: bool(wish)):
        seen.append(moment)
        if moment.step == 7:
            wish.append(True)
    assert [m.step for m in seen] == list(range(1, 9)) and seen[-2].run is None
    assert seen[-1].run is not None and seen[-1].run.steps == 8 and 0 < seen[-1].run.score < 2


def test_the_time_allowed_is_kept_with_the_last_scoring_in_it():
    ticks = iter(range(100_000))
    *_, last = train_cell(ADDING, "rnn", 10, seconds=300, score_every=10, clock=lambda: next(ticks))
    assert last.run is not None and 200 < last.seconds < 300 and last.run.steps < ADDING.steps


def test_training_stops_early_at_half_the_error_that_counts():
    assert enough(ADDING, 0.0049) and not enough(ADDING, 0.0051)
    assert enough(RECALL, 0.976) and not enough(RECALL, 0.974)
    *_, last = train_cell(replace(ADDING, solved=10.0), "rnn", 10, score_every=3)
    assert last.run is not None and last.run.solved and last.run.steps == 3 and last.score is not None


def test_the_telling_cells_of_the_first_seed_come_first():
    order = cells(PROBLEMS, ["rnn", "gru"], range(3))
    assert len(order) == len(set(order)) == 2 * 4 * 2 * 3
    assert {(p, d, s) for p, _, d, s in order[:4]} == {("adding", 200, 0), ("recall", 8, 0)}
    assert [s for *_, s in order[4:]] == sorted(s for *_, s in order[4:])


def test_resume_passes_over_what_is_there(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = [
        "longrange",
        "--problem",
        "recall",
        "--engine",
        "rnn",
        "--seeds",
        "1",
        "--steps",
        "1",
        "--out",
        str(tmp_path),
    ]
    assert main(words) == 0
    path = tmp_path / "longrange" / "results.jsonl"
    lines = path.read_text().splitlines()
    assert [json.loads(line)["distance"] for line in lines] == [8, 2, 4, 16]
    own = tmp_path / "runs" / "longrange" / "results.jsonl"
    path.unlink()
    own.write_text("\n".join(lines[:2]) + "\n" + lines[2][:40])  # as a kill leaves it
    capsys.readouterr()
    assert main([*words, "--resume"]) == 0
    *trained, told = capsys.readouterr().out.splitlines()
    assert len(trained) == 2 and "4 runs" in told
    assert {r.distance for r in read_runs(path)} == {2, 4, 8, 16} and len(read_runs(path)) == 4
    assert main([*words, "--resume"]) == 0 and "0 runs" in capsys.readouterr().out
    assert main(["longrange", "--problem", "nothing"]) == 1


def test_the_precomputed_sums_are_the_scores_of_the_shelf():
    found = results_of("addition")
    lstm = [r for r in found if (r.engine, r.distance) == ("lstm", 5000)]
    assert len(lstm) == 3 and all(0 <= r.score <= 1 and r.baseline < 0.2 for r in found)
    assert all(r.solved == (r.score > 0.95) for r in found)


def test_the_kept_grid_is_whole_lines_of_known_cells():
    for problem in PROBLEMS:
        for one in results_of(problem):
            assert one.engine in engines.ENGINES and one.distance in PROBLEMS[problem].distances
            assert one.solved == PROBLEMS[problem].is_solved(one.score)


def test_the_sentence_says_what_the_runs_are():
    good = [run("gru", seed=s) for s in range(3)] + [run("lstm", seed=0), run("lstm", seed=1, score=0.1, solved=False)]
    bad = [run("rnn", score=0.166, solved=False), run("conv", score=0.12, solved=False)]
    told = long_range_content.sentence("adding", good + bad, "en")
    assert "solved in every seed: GRU;" in told and "some seeds only: LSTM (1/2)" in told
    assert (
        "not solved: Convolution" in told and "baseline: Vanilla RNN" in told and "not trained yet: Independent" in told
    )
    assert f"{len(engines.ENGINES) * 4 * 3 - 7} cells" in told
    assert "GRU" in long_range_content.sentence("adding", good, "ko") and long_range_content.sentence(
        "adding", [], "en"
    )
    level = [run("rnn", 8, score=0.26, problem="recall", solved=False)]
    assert "no better than naming the commonest value: Vanilla RNN" in long_range_content.sentence(
        "recall", level, "en"
    )


def test_the_table_holds_every_distance_and_counts_the_seeds():
    found = [
        run("gru", 50),
        run("gru", 50, seed=1, score=0.015, solved=False),
        run("rnn", 400, score=0.2, solved=False),
    ]
    shown = long_range_content.table("adding", found, "en")
    heads, rows = shown["heads"], shown["rows"]
    assert (
        heads[1:] == ["50", "400"]
        and ["GRU", "0.0100 (1/2)", "–"] in rows
        and ["Vanilla RNN", "–", "0.200 (0/1)"] in rows
    )
    assert long_range_content.settings("adding", found, "en")["rows"][1][:4] == ["GRU", "19,000", "56", "0.01"]


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("problem", long_range_content.LOW)
def test_each_problem_shows_a_sample_that_is_true(problem, lang):
    told, figure, chips = long_range_content.sample(problem, 4 if problem == "recall" else 50, 7, lang)
    assert told and (figure is None) != (chips is None)
    if problem == "addition":
        a, _, rest = told.replace(",", "").partition(" + ")
        b, _, sum_ = rest.partition(" = ")
        assert int(a) + int(b) == int("".join(c for c in sum_.split(".")[0].split(" ")[0] if c.isdigit()))
    if problem == "recall":
        pairs, questions = (row["chips"] for row in chips["rows"])
        assert {f"{q['name']} {q['under']}" for q in questions} == {p["name"] for p in pairs}


def test_the_figure_has_a_bar_from_the_worst_seed_to_the_best():
    line = ScoreCurve("gru", "GRU", {50: [0.2, 0.4, 0.6], 100: [0.5]})
    shown = score_curves(
        [line], [ReferenceCurve("baseline", {50: 0.1, 100: 0.1})], low=False, x_title="", y_title="", seeds="{n} seeds"
    )
    floor, gru = shown.data
    assert list(gru.y) == pytest.approx([0.4, 0.5]) and gru.error_y.array[0] == pytest.approx(0.2)
    assert gru.customdata[0] == "50 · 3 seeds" and floor.line.dash == "dash" and gru.line.color == "#56B4E9"
    assert score_curves([], [], low=True, x_title="", y_title="", seeds="").layout.yaxis.type == "log"


def test_the_marked_numbers_stand_out():
    numbers, marks = np.array([0.2, 0.9, 0.4, 0.1]), np.array([0, 1, 0, 1.0])
    grey, marked_bars, _, told = marked_numbers(numbers, marks, x_title="", y_title="").data
    assert (
        list(marked_bars.x) == [2, 4] and list(grey.x) == [1, 3] and list(told.text) == ["<b>0.90</b>", "<b>0.10</b>"]
    )
    assert min(told.y) > max(numbers)  # nothing stands behind what is written


def test_a_long_run_is_drawn_with_few_points_and_the_same_mean():
    titles = dict.fromkeys(("x", "score", "loss"), "t")
    losses = list(np.linspace(3, 1, 2_400))
    shown = live_curves(
        LiveRun(losses, ([20], [0.5])), "gru", low=False, levels=[("baseline", 0.06, "dash")], titles=titles
    )
    drawn = shown.data[-1]
    assert len(drawn.y) <= 300 and drawn.x[-1] == 2_400 and np.mean(drawn.y) == pytest.approx(2.0)
    assert shown.layout.xaxis.range == (0, 3060) and list(shown.data[0].y) == [0.06, 0.06]


def test_two_live_runs_do_not_mix_and_one_flag_stops_one():
    mine, yours = Event(), Event()
    first = long_range.live("recall", "rnn", 2, mine, "en")
    second = long_range.live("recall", "conv", 4, yours, "ko")
    meter, _, result = next(first)
    assert meter["text"].startswith("Vanilla RNN") and result == "" and 0 <= meter["share"] < 1
    assert next(second)[0]["text"].startswith("합성곱")
    mine.set()
    *_, last = first
    assert last[0]["share"] == 1 and "Stopped and kept" in last[2] and "2 pairs" in last[2]
    assert next(second)[2] == ""
    second.close()


def test_a_closed_run_trains_no_further():
    steps = []
    moments = train_cell(ADDING, "rnn", 10, stop=lambda: bool(steps.append(1)))
    list(islice(moments, 3))
    moments.close()
    assert len(steps) == 3 and next(moments, None) is None


@pytest.mark.parametrize(
    "cell", [("addition", "gru", 5), ("adding", "x", 50), ("adding", "gru", 10**9), ("recall", "gru", None)]
)
def test_a_forged_cell_is_refused_in_a_sentence(cell):
    with pytest.raises(UserError) as told:
        long_range.check_cell(*cell)
    assert told.value.words.ko and told.value.words.en


def test_net_and_problems_are_of_one_kind():
    assert set(problems.SETTINGS) <= set(engines.ENGINES)
    assert runs.HELD < runs.TESTED and Net("recall", "rnn", 2).recalls
