"""The scoreboard, its measurements and its choice, by hand-made rows, tiny models, and what lies among the checkpoints."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from s2s_demo import checkpoints, engines, tasks
from s2s_demo.lab.scoreboard import rows as boards
from s2s_demo.lab.scoreboard import timing as measure
from s2s_demo.lab.scoreboard.choose import SMALL_BYTES, Answers, Objection, all_answers, choose
from s2s_demo.lab.scoreboard.figures import Mark, score_against_cost
from s2s_demo.lab.scoreboard.rows import Board, Row, Spread
from s2s_demo.lab.scoreboard.structure import LONG, SHORT, Structure, bytes_of, structure
from s2s_demo.lab.scoreboard.timing import Timing
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach, Shape
from s2s_demo.ui.lab import scoreboard
from s2s_demo.ui.lab.advice import advice
from s2s_demo.ui.lab.scoreboard import BoardRequest
from s2s_demo.ui.lab.scoreboard_content import CSV, board_table, csv_line, milliseconds, percent, size
from s2s_demo.ui.words import machine_in
from s2s_demo.video.clip import Film


def row(engine, score, *, parameters=1000, minutes=1.0, held=(64, 64), back=LONG, ahead=0, **more):
    """A row made by hand."""
    spread = None if score is None else Spread(score, score, score, 1)
    shown = Structure(held, True, back, ahead)
    return Row("addition", engine, "encoder-only", spread, parameters, minutes, "1 CPU", 1, shown, **more)


def of(*rows, baseline=0.1):
    """A board made by hand."""
    return Board("addition", "exact", rows, {"no-carries": baseline}, False)


def timing(*seconds):
    """Twenty answers of each number of seconds."""
    return Timing(tuple(s for s in seconds for _ in range(20)))


ROWS = (
    row("independent", 0.5, back=0),
    row("conv", 0.8, back=6, ahead=6),
    row("rnn", 0.7, minutes=0.2, solved={"adding": 50}),
    row("lstm", 0.9, parameters=400_000, solved={"adding": 200}),
    row("transformer", 0.95, held=(100, 400), ahead=LONG, minutes=9.0, solved={"adding": 400}),
)


SOME = ["arithmetic", "addition", "intent-en", "exercises"]

# measurements


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_the_state_is_flat_or_grows_as_the_engine_promises(toy_task, engine):
    for approach in (Approach.ENCODER_DECODER, Approach.DECODER_ONLY):
        found = structure(ModelConfig.of(toy_task(Shape.N2M), engine, approach, dim=16))
        assert found.own_state
        assert found.grows == (engine in ("attention", "transformer")), found


def test_a_recurrent_state_is_one_vector_or_two_and_a_cache_two_a_step(toy_task):
    found = {
        name: structure(ModelConfig.of(toy_task(Shape.N2M), name, Approach.DECODER_ONLY, dim=16)).state_bytes
        for name in ("rnn", "lstm", "transformer")
    }
    assert found["rnn"] == (16 * 4, 16 * 4) and found["lstm"] == (2 * 16 * 4, 2 * 16 * 4)
    assert found["transformer"] == tuple(2 * 2 * 16 * 4 * steps for steps in (SHORT, LONG))  # k, v of two blocks


def test_reach_is_the_window_of_a_convolution_and_nothing_for_the_independent_engine(toy_task):
    config = ModelConfig.of(toy_task(Shape.N2N), "conv", dim=16, kernel=5, depth=3)
    found = structure(config)
    assert (found.back, found.ahead, found.own_state) == (6, 6, False)
    causal = structure(ModelConfig.of(toy_task(Shape.N2M), "conv", Approach.DECODER_ONLY, dim=16, kernel=3, depth=2))
    assert (causal.back, causal.ahead) == (3, 0)  # BOS stands between the last x and the answer
    alone = structure(ModelConfig.of(toy_task(Shape.N2N), "independent", dim=16))
    assert (alone.back, alone.ahead, alone.state_bytes) == (0, 0, (0, 0))


def test_an_engine_that_reads_both_ways_looks_ahead_and_one_that_does_not_streams(toy_task):
    one = structure(ModelConfig.of(toy_task(Shape.N2N), "lstm", dim=16))
    both = structure(ModelConfig.of(toy_task(Shape.N2N), "lstm", dim=16, both_ways=True))
    assert (one.back, one.ahead, one.own_state) == (LONG, 0, True)
    assert (both.back, both.ahead, both.own_state) == (LONG, LONG, False)
    assert one.state_bytes == both.state_bytes  # built to stream, both are the same layer


def test_structure_leaves_the_generator_that_trainings_share_alone(toy_task):
    torch.manual_seed(5)
    wanted = torch.rand(1)
    torch.manual_seed(5)
    structure(ModelConfig.of(toy_task(Shape.N2N), "gru", dim=24))
    assert torch.equal(torch.rand(1), wanted)


def test_bytes_of_a_state_count_every_tensor_in_it():
    assert bytes_of((torch.zeros(2, 3), [torch.zeros(4, dtype=torch.bool), None], 7)) == 24 + 4


def test_peak_memory_is_that_of_the_tensors_alive_at_once():
    before = measure._Alive(set())
    with before as alive:
        a = torch.zeros(1000)  # 4,000 bytes
        b = a + 1  # 8,000
        del a
        c = b * 2  # 8,000 again
        view = c[:10]  # a view is no memory
        assert alive.now == 8000
        del b, c
        assert alive.now == 4000  # the view keeps what it shows
        del view
    assert alive.most == 8000 and alive.now == 0


def test_peak_memory_leaves_the_weights_out_and_grows_with_x(new_model):
    model = new_model(Shape.N2N, "transformer").eval().requires_grad_(False)
    short, long = measure.peak_bytes(model, "abc"), measure.peak_bytes(model, "abc" * 20)
    assert 0 < short < long
    weights = sum(p.numel() * 4 for p in model.parameters())
    assert short < weights


def test_rounds_take_turns_warm_up_and_leave_out_what_cannot_answer(new_model):
    def broken() -> Seq2Seq:
        raise UserError("없음", "none")

    models = {"rnn": lambda: new_model(Shape.N2N, "rnn").eval(), "no": broken}
    models["conv"] = lambda: new_model(Shape.N2N, "conv").eval()
    found = list(measure.rounds(models, ["abc", "de"], most=30))
    assert found[:2] == [{}, {}] and [next(iter(one.values())).n for one in found[2:]] == list(range(1, 31))
    assert set(found[-1]) == {"rnn", "conv"}
    for one in found[-1].values():
        assert one.n == 30 and one.xs == 2 and one.steps == 3 and one.peak
        assert 0 < one.p50 <= one.p95 and found[2]["rnn"].p95 is None


def test_steps_are_those_of_the_model_and_not_letters():
    model = checkpoints.load("addition", "rnn")
    found = list(measure.rounds({"rnn": lambda: model}, ["1+1", "12345+678"], most=1))
    assert found[-1]["rnn"].steps == len(model.x_codec.encode("12345+678")) < len("12345+678")


def test_rounds_end_when_the_time_is_spent_and_keep_what_they_have(new_model):
    found = list(measure.rounds({"rnn": lambda: new_model(Shape.N2N, "rnn").eval()}, ["abc"], most=10_000, seconds=0.0))
    assert found[-1]["rnn"].n == 1


def test_percentiles_are_those_of_numpy():
    one = Timing(tuple(i / 1000 for i in range(1, 101)))
    assert one.p50 == pytest.approx(0.0505) and one.p95 == pytest.approx(0.09505)


@pytest.mark.parametrize("task", tasks.TASKS.values(), ids=lambda task: task.name)
def test_the_examples_of_a_task_are_fixed_and_need_no_network(monkeypatch, tmp_path, task):
    monkeypatch.setenv("S2S_DATA", str(tmp_path))
    monkeypatch.setattr("s2s_demo.datasets.CACHE", tmp_path)
    xs = measure.examples(task)
    again = measure.examples(task)
    assert 1 <= len(xs) <= measure.XS and all(len(x) for x in xs)
    same = np.array_equal(xs[0].frames, again[0].frames) if task.input == "video" else xs == again
    assert same


def test_a_film_is_made_as_small_as_a_model_sees_it():
    pictures = np.arange(2 * 128 * 128 * 3, dtype="uint32").reshape(2, 128, 128, 3) % 251
    small = Film(pictures.astype("uint8"), 10, ("a", "b")).as_x().frames
    assert small.shape == (2, 64, 64, 3)
    assert small[0, 0, 0, 0] == round(pictures[0, :2, :2, 0].mean())


# the board


@pytest.mark.parametrize("name", SOME)
def test_every_checkpoint_of_the_shelf_stands_in_one_row(name):
    one = boards.board(name)
    entries = checkpoints.available(name)
    assert {(r.engine, r.approach) for r in one.rows} == {(e.engine, e.approach) for e in entries}
    assert sum(r.seeds for r in one.rows) == len(entries)
    assert all(r.score and 0 <= r.score.least <= r.score.mean <= r.score.most <= 1 for r in one.rows)
    assert one.baseline == max(one.baselines.values()) and one.folds == (name == "exercises")


def test_the_score_is_the_mean_over_seeds_with_its_spread():
    one = next(r for r in boards.board("addition").rows if r.engine == "transformer")
    shares = []
    for folder in ("transformer", "transformer-seed1", "transformer-seed2"):
        scores = json.loads((checkpoints.ROOT / "addition" / folder / "scores.json").read_text())
        shares.append(scores["exact_random_5"])
    assert one.score == Spread.of(shares) and one.score.count == 3
    assert max(one.lengths["chain"]) == 5000 and one.lengths["chain"][50].mean < 0.1


def test_damaged_scores_leave_a_row_without_a_score(monkeypatch, tmp_path):
    for name in ("rnn", "gru"):
        (tmp_path / "addition" / name).mkdir(parents=True)
        for path in (checkpoints.ROOT / "addition" / name).iterdir():
            (tmp_path / "addition" / name / path.name).write_bytes(path.read_bytes())
    (tmp_path / "addition" / "gru" / "scores.json").write_text("{", "utf-8")
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    one = boards.board("addition")
    assert [r.score is None for r in one.rows] == [False, True]
    shown = board_table([one], "en")["rows"][1]
    assert [cell["t"] for cell in shown["cells"]][:2] == ["GRU", "–"]
    assert choose(one, Answers()).row.engine == "rnn"


def test_no_checkpoint_is_a_sentence_and_no_error(monkeypatch, tmp_path):
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    shown, told, note, picture = scoreboard.view(BoardRequest("addition", {}, "parameters", Answers(), "en"))
    assert shown["rows"] == [] and told is None and picture is None and "no checkpoint" in note


def test_the_long_range_grid_is_read_line_by_line_and_bad_lines_are_passed_over(tmp_path):
    path = tmp_path / "results.jsonl"
    good = [("adding", "gru", d, s, d < 200 or s == 0) for d in (50, 100, 200) for s in range(3)]
    good += [("recall", "rnn", 2, s, False) for s in range(3)]
    lines = [json.dumps(dict(zip(("problem", "engine", "distance", "seed", "solved"), g, strict=True))) for g in good]
    path.write_text(
        "\n".join([*lines, "{", "[]", '{"engine": "gru"}', '{"engine": "x", "problem": 1, "distance": "a"}'])
    )
    assert boards.solved_distances(path) == {"gru": {"adding": 100}, "rnn": {"recall": 0}}
    assert boards.solved_distances(tmp_path / "none") == {}


def test_the_long_range_column_shows_the_longest_distance_solved():
    cells = {r["cells"][0]["t"]: r["cells"][-1]["t"] for r in board_table([of(*ROWS)], "en")["rows"]}
    assert cells["LSTM"] == "adding: 200 steps" and cells["Convolution"] == "–"
    none = board_table([of(row("gru", 0.5, solved={"adding": 0, "recall": 0}))], "en")["rows"][0]["cells"][-1]
    assert none["t"] == "none of the distances solved"


# to read, to copy, to keep


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_row_has_a_cell_for_every_column(lang):
    several = [of(*ROWS), boards.board("arithmetic")]
    for some in ([several[0]], [several[1]], several):
        shown = board_table(some, lang)
        assert all(len(r["cells"]) == len(shown["columns"]) for r in shown["rows"])
        heads = shown["markdown"][0].count("|")
        assert all(r["markdown"].count("|") == heads for r in shown["rows"])


def test_a_table_that_is_kept_holds_the_numbers_in_full():
    timed = replace(ROWS[2], timing=timing(0.001, 0.003))
    shown = board_table([of(timed)], "en")
    lines = list(csv.DictReader(io.StringIO("\n".join([shown["csv"], *(r["csv"] for r in shown["rows"])]))))
    assert shown["csv"] == CSV and all(None not in line and None not in line.values() for line in lines)
    assert lines[0]["engine"] == "rnn" and float(lines[0]["score"]) == 0.7 and float(lines[0]["p50_ms"]) == 2.0
    assert lines[0]["answers_timed"] == "40" and lines[0]["state_bytes_256"] == "64" and lines[0]["far"] == "50"
    assert lines[1]["engine"] == "no-carries" and float(lines[1]["score"]) == 0.1


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_looks_like_a_formula_is_held_back(text):
    hostile = replace(ROWS[0], machine=text)
    line = next(csv.reader([csv_line(of(hostile), hostile)]))
    assert "'" + text in line
    assert boards.csv_cell("-3.5") == '"-3.5"' and boards.csv_cell("a,b") == '"a,b"'


def test_markdown_cells_stay_on_their_line_in_their_column():
    assert boards.markdown_cell("a|b\nc") == "a\\|b c" and boards.markdown_cell("<img>") == "&lt;img>"


def test_numbers_have_units():
    assert [size(n) for n in (0, 64, 9784, 250_000, 2_700_000)] == ["0 B", "64 B", "9.8 kB", "250 kB", "2.7 MB"]
    assert [milliseconds(s) for s in (0.00035, 0.0124, 1.5)] == ["0.35 ms", "12.4 ms", "1,500 ms"]
    assert [percent(s) for s in (0.9993, 1.0, 0.288)] == ["99.93%", "100.0%", "28.8%"]


def test_the_picture_has_a_mark_an_engine_the_baseline_and_one_ring():
    marks = [Mark("rnn", "RNN", "RNN (a)", 1000, 0.5, 0.4, 0.6), Mark("gru", "GRU", "GRU (a)", 5000, 0.9, 0.9, 0.9)]
    marks += [replace(marks[1], cost=9000, open=True, chosen=True)]
    drawn = score_against_cost(marks, x_title="x", y_title="y", baseline=0.3, baseline_title="baseline")
    assert [t.showlegend for t in drawn.data] == [True, True, False, False]
    assert drawn.data[2].marker.symbol == "x-open" and drawn.data[0].marker.symbol == "diamond"
    assert drawn.data[0].error_y.visible and not drawn.data[1].error_y.visible
    assert drawn.layout.shapes[0].y0 == 0.3 and "30.0%" in drawn.layout.annotations[0].text
    assert drawn.data[3].x == (9000,) and list(drawn.layout.xaxis.ticktext) == ["500", "1k", "2k", "5k", "10k"]
    empty = score_against_cost([], x_title="x", y_title="y", baseline=None, baseline_title="")
    assert len(empty.data) == 0


# the choice


@pytest.mark.parametrize("name", SOME)
def test_every_combination_of_answers_ends_in_a_row_with_a_reason_in_both_languages(name):
    plain = boards.board(name)
    quick = replace(plain, rows=tuple(replace(r, timing=timing(0.001 * i + 0.001)) for i, r in enumerate(plain.rows)))
    for one in (plain, quick):
        for answers in all_answers():
            choice = choose(one, answers)
            assert choice.row in one.rows and choice.runner_up != choice.row and choice.steps[-1].left == choice.left
            for lang in ("ko", "en"):
                shown = advice(one, answers, choice, lang)
                assert (
                    shown["reason"] and shown["runner"] and "{" not in json.dumps(shown["steps"])[2:].replace('{"', "")
                )
                assert ("가" <= max(shown["reason"]) <= "힣") == (lang == "ko")


def chosen(answers, *rows, **more):
    return choose(of(*(rows or ROWS), **more), answers)


def test_the_best_score_wins_where_nothing_is_asked():
    choice = chosen(Answers())
    assert (choice.row.engine, choice.reason, choice.runner_up.engine, choice.against) == (
        "transformer",
        "score",
        "lstm",
        "score",
    )


def test_changing_a_number_changes_the_choice():
    better = replace(ROWS[3], score=Spread(0.96, 0.96, 0.96, 1))
    assert chosen(Answers(), *ROWS[:3], better, ROWS[4]).row.engine == "lstm"
    slow = [replace(r, timing=timing(0.001)) for r in ROWS[:4]] + [replace(ROWS[4], timing=timing(0.02))]
    assert chosen(Answers(where="often"), *slow).row.engine == "lstm"
    fast = [*slow[:4], replace(slow[4], timing=timing(0.004))]
    assert chosen(Answers(where="often"), *fast).row.engine == "transformer"


def test_equal_scores_go_to_the_smaller():
    equal = replace(ROWS[3], score=Spread(0.9501, 0.95, 0.951, 1))
    choice = chosen(Answers(), replace(ROWS[4], parameters=500_000), equal)
    assert (choice.row.engine, choice.reason, choice.against) == ("lstm", "smaller", "smaller")


def test_each_answer_removes_by_its_number():
    fits = row("gru", 0.6, solved={"adding": 200})
    step = {s.question: s for s in chosen(Answers("far", "small", "yes", "yes"), *ROWS, fits).steps}
    gone = {name: {r.row.engine: r.objection for r in s.removed} for name, s in step.items()}
    assert gone["far"]["conv"] == Objection("back", 6, 200, 201 / 7) and gone["far"]["rnn"].name == "adding"
    assert gone["where"]["lstm"].value == 1_600_000 and gone["where"]["lstm"].required == SMALL_BYTES
    assert gone["where"]["transformer"] == Objection("grows", 400, 100, 400)
    one = chosen(Answers(stream="yes"))
    assert {r.row.engine for r in one.steps[2].removed} == {"conv", "transformer"} and one.row.engine == "lstm"


def test_a_test_on_long_inputs_counts_before_the_grid():
    tested = {"chain": {50: Spread(0.4, 0.4, 0.4, 1)}}
    choice = chosen(Answers("sequence"), replace(ROWS[4], lengths=tested), ROWS[3])
    assert choice.row.engine == "lstm" and choice.against == Objection("chain", 0.4, 0.9, 0.9 / 0.4, 50)


def test_what_was_not_measured_removes_nothing_and_is_counted():
    step = chosen(Answers(where="person")).steps[1]
    assert not step.removed and step.unknown == len(ROWS)
    assert chosen(Answers("far"), row("gru", 0.9), row("rnn", 0.8)).steps[0].unknown == 2


def test_a_question_that_nobody_meets_keeps_the_nearest_and_says_so():
    slow = [replace(r, timing=timing(0.1 * (i + 1))) for i, r in enumerate(ROWS)]
    choice = chosen(Answers(where="often"), *slow)
    assert choice.steps[1].unmet and choice.row.engine == "independent"
    weak = chosen(Answers(), *ROWS, baseline=0.99)
    assert weak.steps[-1].unmet and weak.row.engine == "transformer"
    shown = advice(of(*ROWS, baseline=0.99), Answers(), weak, "en")
    assert "99.00%" in shown["steps"][-1]["note"]


def test_whoever_trains_anew_gets_the_shortest_training_about_as_good():
    near = replace(ROWS[3], score=Spread(0.94, 0.94, 0.94, 1), minutes=2.0)
    choice = chosen(Answers(reuse="no"), *ROWS[:3], near, ROWS[4])
    assert (choice.row.engine, choice.reason, choice.best) == ("lstm", "minutes", 0.95)
    assert chosen(Answers(reuse="no")).row.engine == "transformer"  # the others are more than two points behind


def test_an_answer_there_is_not_and_a_board_without_rows_raise():
    with pytest.raises(ValueError, match="expected one of"):
        Answers(far="elsewhere")
    with pytest.raises(ValueError, match="no row"):
        choose(of(), Answers())


# the panel's own functions


def test_measuring_tells_how_far_it_is_and_what_was_measured(monkeypatch):
    monkeypatch.setattr(measure, "ROUNDS", 3)
    monkeypatch.setattr(scoreboard, "SECONDS_A_FRAME", 0.0)
    steps = list(scoreboard.measurements("addition", "en"))
    assert steps[0][0] == {} and steps[0][1].startswith("Warming up: 1 of 8")
    found, told = steps[-1]
    assert len(found) == 8 and "single answers an engine" in told and machine_in(measure.machine(), "en") in told


def test_where_no_engine_can_answer_measuring_says_so(monkeypatch, tmp_path):
    (tmp_path / "addition" / "gru").mkdir(parents=True)
    config = (checkpoints.ROOT / "addition" / "gru" / "config.json").read_text("utf-8")
    (tmp_path / "addition" / "gru" / "config.json").write_text(config, "utf-8")
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    with pytest.raises(UserError, match="No engine could answer"):
        list(scoreboard.measurements("addition", "en"))


def test_a_task_that_is_not_there_is_one_sentence():
    with pytest.raises(UserError, match="no task"):
        scoreboard.view(BoardRequest("nonsense", {}, "parameters", Answers(), "en"))
