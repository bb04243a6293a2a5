"""Rows of numbers as x: the codec, the guess that a row is a step, a split by sequence, and the way to a model that answers."""

from __future__ import annotations

import json
from dataclasses import replace
from math import cos, inf, isnan, nan, sin
from random import Random

import pytest
import torch

from s2s_demo.codecs import Numbers, from_json
from s2s_demo.codecs.numbers import looks_like_rows, rows_of, sequence_of
from s2s_demo.custom import data_checks, training_setup
from s2s_demo.custom import windows as rows
from s2s_demo.custom.evaluation import measure_baselines
from s2s_demo.custom.jobs import job_queue, runs, worker
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.plan import guess_plan, task_from_plan, train_test_split
from s2s_demo.custom.reading.columns import guess_columns
from s2s_demo.custom.reading.pairs import read_pasted, read_table
from s2s_demo.custom.reading.pairs import to_pairs as as_pairs
from s2s_demo.custom.suggest import suggest_training, with_steps
from s2s_demo.custom.time_series import guess_series_columns
from s2s_demo.custom.training_setup import task_for
from s2s_demo.custom.windows import SeriesColumns
from s2s_demo.explain import predict
from s2s_demo.prediction import UserError
from s2s_demo.task import Shape, Task
from s2s_demo.ui.custom import errors, reading, run_model
from tests.conftest import told
from tests.test_own_pairs import packed, said
from train.__main__ import main

LABELS = ("rest", "turn", "lift")


def moved(rng, label):
    """A row of two numbers that tells its label, but for some noise."""
    at = LABELS.index(label)
    return [cos(2 * at) + rng.gauss(0, 0.2), sin(2 * at) + rng.gauss(0, 0.2)]


def table_text(sequences=12, steps=15, *, constant=False, blank=False, name=True, delimiter=","):
    """A CSV of made-up movements: time, two numbers, a column that never changes, a phase, a video."""
    rng = Random(0)
    lines = [delimiter.join(["time", "a", "b", "still", "phase", *(["video"] if name else [])])]
    for k in range(sequences):
        if blank and k:
            lines.append("")
        for t in range(steps):
            label = LABELS[k % 3] if constant else LABELS[t * 3 // steps]
            values = [f"{v:.4f}" for v in moved(rng, label)]
            lines.append(delimiter.join([f"{0.1 * t:.1f}", *values, "1", label, *([f"v{k}"] if name else [])]))
    return "\n".join(lines)


def read(text):
    table = read_pasted(text)
    steps = guess_series_columns(table)
    assert steps is not None
    return table, steps, *rows.series_to_pairs(table, steps)


@pytest.mark.parametrize(
    "raw",
    ["1 2 ; 3 4", "a [1-2]: 1 2 ; 3 4", "1,2\n3,4", "1 2\n\n3 4\n", " 1 2;3 4; ", "a:b: 1 2 ; 3 4"],
)
def test_rows_are_parted_in_any_usual_way(raw):
    assert Numbers(("a", "b"), (0.0, 0.0), (1.0, 1.0)).encode(raw).tolist() == [[1, 2], [3, 4]]


def test_a_codec_comes_back_from_json_with_the_same_numbers():
    xs = ["a: 0.1 1e-7 ; 3 2.5", "b: 2 4 ; 7 1 ; 1 1"]
    codec = Numbers.of(xs, ("u", "v"), "log-mel", 40.0)
    again = from_json(json.loads(json.dumps(codec.to_json())))
    assert again == codec and again.size == 2
    assert all(torch.equal(again.encode(x), codec.encode(x)) for x in xs)
    assert codec.tokens(xs[1]) == ["0.00 s", "0.03 s", "0.05 s"]
    assert Numbers.of(xs).tokens(xs[1]) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mean": [0.0]},
        {"spread": [1.0, -1.0]},
        {"mean": [nan, 0.0]},
        {"spread": [inf, 1.0]},
        {"columns": []},
        {"columns": ["c"] * 129, "mean": [0.0] * 129, "spread": [1.0] * 129},
        {"rate": -1.0},
    ],
)
def test_a_codec_out_of_bounds_is_refused(wrong):
    with pytest.raises(ValueError, match="finite"):
        from_json({**Numbers(("a", "b"), (0.0, 0.0), (1.0, 1.0)).to_json(), **wrong})


def test_each_column_has_mean_0_and_spread_1_in_training_and_the_test_set_is_not_looked_at():
    pairs = [(f"s{i}: {i} 5 ; {i + 1} 5", "a b") for i in range(20)]
    task = Task.from_pairs(pairs, shape=Shape.N2N, by_y="word", x_codec=Numbers.of)
    train = [x for x, _ in task.pairs("train", 0)]
    values_NF = torch.cat([task.get_x_codec().encode(x) for x in train])
    assert values_NF[:, 0].mean().abs() < 1e-6 and abs(float(values_NF[:, 0].std(correction=0)) - 1) < 1e-6
    assert not values_NF[:, 1].any(), "what never changes says nothing"
    held = {x for x, _ in task.pairs("test", 0)}
    wild = [(x.replace(" 5", " 9e9") if x in held else x, y) for x, y in pairs]
    moved = Numbers.of(x for x, _ in wild if x in set(train))
    assert moved == task.get_x_codec()


@pytest.mark.parametrize("cell", ["nan", "?", "NA", "-", "null"])
def test_a_missing_cell_is_the_mean(cell):
    codec = Numbers.of(["1 2 ; 3 4 ; 5 9"])
    assert codec.encode(f"{cell} 2")[0, 0] == 0
    assert Numbers.of(["1 2 ; 3 4 ; 5 9", f"{cell} 5"]).mean == (3.0, 5.0)


@pytest.mark.parametrize("cell", ["inf", "-inf", "1e308", "-1e308", "1e400"])
def test_what_is_beyond_all_measure_stays_finite(cell):
    codec = Numbers.of(["1 2 ; 3 4", f"2 3 ; {cell} 3"])
    assert codec.mean[0] == 2.0 and codec.std[0] < 1
    x_TF = codec.encode(f"{cell} 3")
    assert x_TF.isfinite().all() and abs(float(x_TF[0, 0])) == 8.0


@pytest.mark.parametrize("raw, part", [("1 2 3 ; 1 2", "Step 1 has 3"), ("1 2 ; 1", "Step 2 has 1"), ("1 x", "‘x’")])
def test_ragged_rows_and_words_are_told_with_their_step(raw, part):
    assert part in told(raw, Numbers(("a", "b"), (0.0, 0.0), (1.0, 1.0)).encode)


@pytest.mark.parametrize("xs", [[], [""], ["; ; "], [" ".join("1" * 129)]])
def test_no_rows_or_too_wide_ones_are_refused(xs):
    with pytest.raises(UserError, match="numbers"):
        Numbers.of(xs)


@pytest.mark.parametrize(
    "text, rows", [("1 2 ; 3 4", True), ("a: 1", True), ("12", False), ("a; b", False), (";", False)]
)
def test_texts_are_not_taken_for_rows(text, rows):
    assert looks_like_rows(text) is rows


def test_a_row_is_a_step_and_the_reason_says_why():
    table, steps, pairs, plan = read(table_text())
    assert [table.header[i] for i in steps.numbers] == ["a", "b"]
    assert table.header[steps.label] == "phase" and table.header[steps.sequence] == "video"
    assert steps.left == ("time", "still")
    assert (plan.shape, plan.by_x, plan.by_y, plan.columns) == (Shape.N2N, "numbers", "word", ("a", "b"))
    for part in ("2 columns", "‘phase’ has 3", "‘video’ names 12", "N2N"):
        assert part in plan.reason.en
    assert len(pairs) == 12 and pairs[3][0].startswith("v3: ") and len(rows_of(pairs[3][0])) == 15
    assert pairs[3][1].split() == [LABELS[t * 3 // 15] for t in range(15)]


def test_where_a_sequence_has_one_label_it_is_one_answer_for_all():
    table, steps, pairs, plan = read(table_text(constant=True))
    assert plan.shape is Shape.N21 and "one label" in plan.reason.en
    assert {y for _, y in pairs} == set(LABELS)
    each, _ = rows.series_to_pairs(table, steps, Shape.N2N)
    assert len(each[0][1].split()) == 15


def test_labels_that_change_are_no_single_answer():
    table, steps, *_ = read(table_text())
    with pytest.raises(UserError, match="changes within"):
        rows.series_to_pairs(table, steps, Shape.N21)


def test_blank_lines_part_sequences():
    _, steps, pairs, plan = read(table_text(name=False, blank=True))
    assert steps.sequence == -1 and "blank lines part 12 sequences" in plan.reason.en
    assert [x.split(":")[0] for x, _ in pairs] == [str(i + 1) for i in range(12)]
    assert all(len(rows_of(x)) == 15 for x, _ in pairs)


def test_one_long_sequence_is_cut_and_its_end_is_held_out():
    table, steps, pairs, plan = read(table_text(sequences=1, steps=600, name=False))
    assert "nothing names sequences" in plan.reason.en
    lengths = [len(rows_of(x)) for x, _ in pairs]
    assert sum(lengths) == 600 and max(lengths) <= 64
    _, held = train_test_split(pairs, plan)
    assert held == pairs[-len(held) :] and len(held) == -(-len(pairs) // 10)
    assert "last tenth" in " ".join(one.en for one in rows.series_notes(table, steps, pairs))


@pytest.mark.parametrize("sequences", [2, 5, 14])
def test_a_sequence_is_never_on_both_sides(sequences):
    _, _, pairs, plan = read(table_text(sequences=sequences, steps=300))
    assert len(pairs) > sequences
    task = task_from_plan(pairs, plan)
    sides = [{sequence_of(x) for x, _ in task.pairs(split, 0)} for split in ("train", "test")]
    assert sides[0].isdisjoint(sides[1]) and len(sides[0] | sides[1]) == sequences
    assert len(sides[1]) == -(-sequences // 10)


def test_a_zip_of_tables_with_the_same_columns_is_one_whose_files_are_sequences():
    whole = table_text(sequences=1, steps=40, name=False)
    table = read_table(packed({"p/a1.csv": "\ufeff" + whole, "p/a2.csv": whole, "p/b.csv": whole}), "a.zip")
    assert table.header[0] == "file" and {row[0] for row in table.rows} == {"a1", "a2", "b"}
    steps = guess_series_columns(table)
    assert steps is not None and steps.sequence == 0 and "read as one: 3" in said(table)


def test_numbers_beside_texts_are_pairs():
    text = "\n".join(
        ["text\tlabel\tscore\tlength", *(f"sentence {i}\t{'ab'[i % 2]}\t{i / 7:.2f}\t{i}" for i in range(40))]
    )
    assert guess_series_columns(read_pasted(text)) is None
    assert guess_series_columns(read_pasted("\n".join(f"{i}\t{i * 7 % 11}" for i in range(40)))) is None


def test_a_decimal_comma_and_other_delimiters_are_read():
    text = table_text(delimiter=";").replace(".", ",")
    table, steps, pairs, _ = read(text)
    assert table.delimiter == ";" and len(steps.numbers) == 2
    assert pairs == read(table_text())[2]


@pytest.mark.parametrize("label", ["a", "label a b"])
def test_json_lines_with_lists_of_lists_are_rows(label):
    rng = Random(0)
    lines = [{"x": [[rng.random(), i % 2] for _ in range(5)], "y": label if i % 2 else "b"} for i in range(40)]
    table = read_pasted("\n".join(map(json.dumps, lines)))
    found = as_pairs(table, *guess_columns(table))
    plan = guess_plan(found)
    assert plan.numbers and len(rows_of(found[0][0])) == 5
    assert (plan.shape, plan.by_y) == (Shape.N21, "word" if label == "a" else "label")
    varied = [(x, f"{y} {i}") for i, (x, y) in enumerate(found)]
    assert guess_plan(varied).shape is Shape.N2M and "40 different values in 40 rows" in guess_plan(varied).reason.en


def test_a_long_list_of_numbers_is_not_cut_as_a_text_is():
    lines = [{"x": [[i + t + 0.25, t] for t in range(400)], "y": "ab"[i % 2]} for i in range(12)]
    table = read_pasted("\n".join(map(json.dumps, lines)))
    assert {len(rows_of(row[0])) for row in table.rows} == {400} and "cut at" not in said(table)


def test_a_label_for_each_row_is_n2n():
    lines = [{"x": [[i, t] for t in range(4)], "y": ["a", "b", "a", "b"]} for i in range(12)]
    table = read_pasted("\n".join(map(json.dumps, lines)))
    plan = guess_plan(as_pairs(table, *guess_columns(table)))
    assert plan.numbers and plan.shape is Shape.N2N


def ills(pairs, plan):
    return {one.kind: one for one in data_checks.find_issues(pairs, plan)}


def test_the_doctor_knows_ragged_missing_constant_and_repeated_numbers():
    _, _, pairs, plan = read(table_text(sequences=30))
    assert set(ills(pairs, plan)) <= {"few"}
    x, y = pairs[4]
    assert ills([*pairs, (x.replace(" ;", " 7 ;", 1), y)], plan)["ragged"].count == 1
    mend = ills([*pairs, (x.replace(" ;", " 7 ;", 1), y)], plan)["ragged"].fix
    assert mend is not None and mend([*pairs, (x.replace(" ;", " 7 ;", 1), y)]) == pairs
    assert ills([(x.replace(x.split()[1], "?", 1), y), *pairs[5:]], plan)["missing"].count == 1
    again = [*pairs, *((f"w{x}", y) for x, y in pairs[:6])]
    found = ills(again, plan)
    same = found.get("leak") or found["duplicate"]
    assert same.count == 6 and same.fix is not None and same.fix(again) == pairs
    still = [(" ; ".join(f"{i}.{t} 3" for t in range(5)), "a b a b a") for i in range(20)]
    assert ills(still, guess_plan(still))["constant"].count == 1


def test_the_doctor_sees_a_sequence_that_was_measured_elsewhere_and_a_label_that_is_a_slip():
    _, _, pairs, plan = read(table_text(sequences=6, steps=300))
    name = sequence_of(pairs[0][0])

    def far(x):
        head, _, body = x.partition(": ")
        return head + ": " + " ; ".join(" ".join(str(float(v) + 90) for v in row.split()) for row in body.split(";"))

    away = [(far(x) if sequence_of(x) == name else x, y) for x, y in pairs]
    assert "apart" not in ills(pairs, plan) and name in ills(away, plan)["apart"].words.en
    slip = [(pairs[0][0], pairs[0][1].replace("rest", "rset", 1)), *pairs[1:]]
    assert "rset" in ills(slip, plan)["seldom"].words.en


def test_baselines_see_no_order():
    _, _, pairs, plan = read(table_text(sequences=30))
    found = {b.name: b.scores["accuracy"] for b in measure_baselines(*train_test_split(pairs, plan), plan)}
    assert found["commonest"] == pytest.approx(1 / 3, abs=1e-3) and found["rows-linear"] > 0.9
    _, _, pairs, plan = read(table_text(sequences=60, constant=True))
    found = {b.name: b.scores["accuracy"] for b in measure_baselines(*train_test_split(pairs, plan), plan)}
    assert found["means-linear"] == 1 and found["majority"] < 0.7


def test_too_many_numbers_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(training_setup, "MOST_NUMBERS", 100)
    _, _, pairs, plan = read(table_text())
    with pytest.raises(UserError, match="up to 100"):
        task_for(pairs, plan, suggested_recipe())


def suggested_recipe():
    return training_setup.Recipe(dim=8, options={"both_ways": True})


def test_a_ragged_pair_stops_with_its_number():
    pairs = [(f"{i} 1 ; 2 3", "a") for i in range(12)] + [("1 2 ; 3", "b")]
    plan = guess_plan(pairs)
    with pytest.raises(UserError, match=r"Pair 13: Step 2 has 1"):
        task_for(pairs, plan, suggested_recipe())


def test_the_suggestion_says_how_wide_a_step_is_and_the_model_reads_text():
    _, _, pairs, plan = read(table_text())
    one = suggest_training(pairs, plan, 1)
    assert one.engine == "lstm" and "2 numbers" in one.reason.en and one.approach == "encoder-only"
    task = task_for(pairs, plan, one.recipe)
    model = training_setup.new_model(task, one.engine, one.approach, one.recipe).eval()
    answer = predict(model, ["0.1 0.2 ; 0.3 ?"], look=True)[0]
    assert len(answer.y.split()) == 2 and answer.x_pieces == ("1", "2") and answer.trace.of("gradient")


@pytest.mark.parametrize("shape", [Shape.N21, Shape.N2M])
def test_other_shapes_can_be_trained_on(shape):
    pairs = [(f"{i} {i % 3} ; 1 {i}", "ab"[i % 2] if shape is Shape.N21 else "ab" * (i + 1)) for i in range(20)]
    plan = guess_plan(pairs)
    assert plan.shape is shape
    assert suggest_training(pairs, plan, 1).parameters > 0


def test_numbers_are_never_continued():
    mine = reading.read_input(table_text(), None)
    with pytest.raises(UserError, match="N2N or N21"):
        reading.with_plan(mine, "LM", "numbers", "word")
    lines = [{"x": [[i, 2], [3, i]], "y": "ab"[i % 2]} for i in range(12)]
    mine = reading.read_input("\n".join(map(json.dumps, lines)), None)
    with pytest.raises(UserError, match="cannot be continued"):
        reading.with_plan(mine, "LM", "numbers", "word")


def test_the_page_can_change_its_mind():
    mine = reading.read_input(table_text(), None)
    assert mine.series is not None and mine.plan.shape is Shape.N2N
    other = reading.with_rows_as(mine, "pair")
    assert other.series is None and not other.plan.numbers
    assert reading.with_rows_as(other, "step") == mine
    fewer = reading.with_columns(mine, [1], mine.series.sequence, 0, mine.series.label)
    assert fewer.plan.columns == ("a",)
    assert reading.with_columns(mine, [1, 2], -1, 0, mine.series.label).series == SeriesColumns(
        (1, 2), mine.series.label, -1
    )
    with pytest.raises(UserError, match="Choose one or more"):
        reading.with_columns(mine, [], -1, 0, mine.series.label)
    assert reading.preview(mine)[0] == [mine.pairs[0][0][:47] + "…", "rest ×5 · turn ×5 · lift ×5"]
    assert "sequences" in mine.plan.reason.en and "12 pairs" in reading.reading_notes(mine, "en")


def test_a_plan_survives_the_folder(tmp_path):
    _, _, pairs, plan = read(table_text())
    one = suggest_training(pairs, plan, 1)
    files.write_inputs(tmp_path, pairs, plan, one, 0)
    assert files.plan_of(tmp_path) == plan and files.pairs_of(tmp_path) == pairs


def test_cells_are_numbers_or_missing():
    assert rows.parse_number("1,5") == 1.5 and rows.parse_number("-2e3") == -2000
    assert all(isnan(rows.parse_number(cell)) for cell in ("", "a", "inf", "1e308", "nan", "1,000.5"))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run of a table of steps that has been trained here, with few steps."""
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(job_queue, "_launch", lambda folder: None)
    mine = reading.read_input(table_text(), None)
    one = suggest_training(list(mine.pairs), mine.plan, 1)
    name = runs.start(list(mine.pairs), mine.plan, replace(one, recipe=with_steps(one.recipe, 30)))
    worker.train_run(files.root() / name)
    return name


def test_a_run_answers_is_tested_on_a_file_with_other_columns_around_and_says_how_to_write_x(run, tmp_path):
    status = runs.status(run)
    assert status.state == "done" and [b.name for b in status.baselines] == ["rows-linear", "commonest"]
    assert all(len(example.x) < 5000 for example in status.examples)
    hint, example, files_too = run_model.input_hint(run, "en")
    assert "a, b" in hint and not files_too and len(rows_of(example)) == 15
    answer = run_model.answer(run, "0.5 0.1 ; -1 ?")
    assert len(answer.y.split()) == 2 and run_model.headline(answer)
    assert run_model.headline(replace(answer, y="up up up down")) == "up ×3 · down"
    header, *body = table_text().splitlines()
    more = "\n".join([f"b,{header},more", *(f"{line.split(',')[2]},{line},{i / 3:.2f}" for i, line in enumerate(body))])
    (tmp_path / "test.csv").write_text(more.replace("time,a,b,still", "time,a,c,still"), "utf-8")
    assert "on 12 pairs (0 left out" in run_model.score_file(run, str(tmp_path / "test.csv"), "en")
    assert len(errors.cases(run)) == len([1 for _ in run_model.task_of(run).pairs("test", 0)])


def test_the_command_reads_a_table_of_steps(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "moves.csv").write_text(table_text(), "utf-8")
    assert main(["pairs", "moves.csv", "--steps", "4", "--size", "1"]) == 0
    out = capsys.readouterr().out
    assert "‘video’ names 12 sequences" in out and "rows-linear" in out and "left out of x: " not in out
    assert main(["pairs", "moves.csv", "--shape", "n21", "--steps", "4"]) == 1
    assert "changes within" in capsys.readouterr().err
