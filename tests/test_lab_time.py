"""The time machine: what was kept comes back, every moment answers, and a training seen from inside is what happened."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from s2s_demo import checkpoints, tasks
from s2s_demo.checkpoints import dequantized, quantized
from s2s_demo.explain import predict
from s2s_demo.lab.snapshots import store
from s2s_demo.lab.snapshots.figures import learning_curves, training_maps
from s2s_demo.lab.snapshots.store import SnapshotRun, half_life, save_run, snapshot_steps
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.norms import part_of, update_ratios
from s2s_demo.prediction import Trace, UserError
from s2s_demo.recipe import Recipe
from s2s_demo.training import fit
from s2s_demo.ui.lab import snapshots_content
from s2s_demo.ui.lab.snapshots_content import SnapshotRequest
from tests import shipped
from train.__main__ import main

SHIPPED = store.available()
TEXTS = [name for name in SHIPPED if tasks.get(name).input == "text"]
ADDITION = tasks.get("addition")
RECIPE = Recipe(steps=6, batch=8, lr=1e-2, warmup=2, dim=8)
WORDS = {key: key for key in ("norm", "update", "loss", "score", "step", "clipped")}


def view(task, number, x, lens, step, lang):
    return snapshots_content.view(SnapshotRequest(task, x, number, lens, step, lang))


def fresh():
    torch.manual_seed(0)
    return Seq2Seq(ModelConfig.of(ADDITION, "gru", dim=8))


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """An empty shelf."""
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def kept(shelf):
    """A run of three moments, and its models."""
    models = [fresh() for _ in range(3)]
    for number, model in enumerate(models):
        torch.manual_seed(number)
        for parameter in model.parameters():
            parameter.data.normal_()
    history = ({"step": 4, "loss": 1.0, "layers": {"head": 0.1}, "scores": {"exact": 0.5}},)
    run = SnapshotRun("addition", models[0].config, (0, 2, 4), history, {"seed": 0}, shelf / "time" / "addition")
    save_run(run, [model.state_dict() for model in models])
    return run, models


def test_moments_are_spaced_evenly_on_a_log_axis():
    steps = snapshot_steps(3000)
    assert steps[0] == 0 and steps[-1] == 3000 and len(steps) == 13
    ratios = np.diff(np.log(steps[3:]))
    assert ratios.max() / ratios.min() < 1.15


def test_what_was_kept_comes_back(kept):
    run, models = kept
    again = store.load_run("addition")
    assert again == run and store.available() == ["addition"]
    for number, model in enumerate(models):
        loaded = store.model_at("addition", number)
        stored = dequantized(quantized(model.state_dict(), True))
        assert not loaded.training and all(torch.equal(v, stored[k]) for k, v in loaded.state_dict().items())
        assert store.predict_at("addition", number, "47+9").y == predict(loaded, ["47+9"])[0].y


def test_an_answer_is_kept_and_long_ones_are_refused(kept):
    assert store.predict_at("addition", 1, "1+2") is store.predict_at("addition", 1, "1+2")
    assert store.predict_at("addition", 1, "1+2") is not store.predict_at("addition", 2, "1+2")
    with pytest.raises(UserError, match="up to 64 steps"):
        store.predict_at("addition", 0, "1" * 70 + "+1")


@pytest.mark.parametrize("name", ["run.json", "history.jsonl", "snapshots.safetensors"])
@pytest.mark.parametrize("damage", [None, b"", b"{", b"\xff" * 40])
def test_damage_is_told_in_one_sentence(name, damage, kept):
    path = kept[0].folder / name
    path.write_bytes(damage) if damage is not None else path.unlink()
    if (name, damage) == ("history.jsonl", b""):  # no rows is no damage
        return
    with pytest.raises(UserError, match="python -m train snapshots addition"):
        store._model.__wrapped__(kept[0].folder, 0)


def test_a_task_without_snapshots_is_told(shelf):
    assert store.available() == []
    with pytest.raises(UserError, match="snapshots"):
        store.load_run("addition")


def test_half_lives():
    lag = np.arange(12)[::-1]
    assert half_life(0.5 ** (lag / 3.0)) == pytest.approx(3)
    assert half_life(np.where(lag < 6, 0.5**lag, 0.0)) == pytest.approx(1)
    assert half_life(2.0**lag) is None and half_life(np.array([0.1, 0.2, 0.3])) is None
    assert half_life(np.zeros(9)) is None


def test_relative_updates_are_those_of_the_weights():
    model, before = fresh(), fresh()
    first = next(fit(model, ADDITION, RECIPE, cpu=True))
    squares: dict[str, list[float]] = {}
    for (name, now), old in zip(model.named_parameters(), before.parameters(), strict=True):
        sums = squares.setdefault(part_of(name), [0.0, 0.0])
        sums[0] += float((now - old).detach().square().sum())
        sums[1] += float(old.detach().square().sum())
    assert first.updates.keys() == squares.keys() == first.layers.keys()
    for part, (moved, size) in squares.items():
        assert first.updates[part] == pytest.approx((moved / size) ** 0.5, rel=1e-4)
    assert json.loads(first.to_json())["updates"].keys() == squares.keys()


def test_a_part_of_zeros_has_no_relative_update():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    before = [torch.zeros_like(p) for p in model.parameters()]
    assert update_ratios(model, before) == {}


def test_only_logged_steps_are_measured_and_measuring_changes_nothing(tmp_path):
    def run(**options):
        model = fresh()
        return list(fit(model, ADDITION, RECIPE, cpu=True, **options)), model

    plain, one = run(logged=lambda step: False)
    some, other = run(logged=lambda step: step in (2, 5))
    assert [p.step for p in some if p.updates] == [2, 5] and not any(p.updates for p in plain)
    assert [(p.loss, p.grad_norm) for p in plain] == [(p.loss, p.grad_norm) for p in some]
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert "updates" not in plain[0].row()


def test_updates_go_on_digit_for_digit_when_resumed(tmp_path):
    whole = list(fit(fresh(), ADDITION, RECIPE, cpu=True))
    calls = []
    halted = fit(fresh(), ADDITION, RECIPE, cpu=True, folder=tmp_path, stop=lambda: calls.append(1) or len(calls) == 3)
    begun = list(halted)
    rest = list(fit(fresh(), ADDITION, RECIPE, cpu=True, folder=tmp_path, resume=True))
    assert [p.updates for p in begun + rest] == [p.updates for p in whole]


def row(step, **more):
    return {"step": step, "loss": 1 / step, "layers": {"embed_x": 0.1 * step, "head": 0.0}, **more}


def test_seen_from_inside():
    history = [row(1), row(2, clipped=True, scores={"exact": 0.5}), row(4, updates={"head": 1e-3}, clipped=True)]
    figure = training_maps(history, measure="exact", log_steps=True, words=WORDS)
    norms, updates, ticks, loss, score = figure.data
    assert norms.z[0] == pytest.approx(np.log10([0.1, 0.2, 0.4]), rel=1e-5) and np.isnan(norms.z[1]).all()
    assert updates.z[1][2] == pytest.approx(-3) and np.isnan(updates.z[0]).all()
    assert list(ticks.x) == [2, 4] and list(loss.y) == [1, 0.5, 0.25] and list(score.x) == [2]
    assert figure.layout.xaxis.type == "log"
    old = training_maps([row(1), row(2)], measure="exact", log_steps=False, words=WORDS)
    assert len(old.data) == 3 and old.layout.xaxis.type is None


def test_the_chosen_moment_is_marked():
    for here, place in ((0, 0.5), (2, 4)):
        figure = learning_curves([row(1), row(4)], (0, 2, 4), here, measure="exact", words=WORDS)
        assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == place
        assert set(figure.layout.xaxis.tickvals) <= {0.5, 2, 4}


def test_the_command_trains_and_keeps(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["snapshots", "addition", "--steps", "40", "--out", str(tmp_path)]) == 0
    folder = tmp_path / "time" / "addition"
    run = store._load_run(folder)
    assert (
        run.steps == snapshot_steps(40) and run.facts["parameters"] > 1000 and run.facts["command"].endswith("addition")
    )
    assert {row["step"] for row in run.history} >= set(run.steps[1:])
    assert all(row["updates"].keys() == row["layers"].keys() and "exact" in row["scores"] for row in run.history)
    weights = load_file(folder / "snapshots.safetensors")
    assert all(len(value) == len(run.steps) for value in weights.values())
    assert not torch.equal(weights["head.weight"][0], weights["head.weight"][-1])
    assert str(folder) in capsys.readouterr().out
    assert main(["snapshots", "chess"]) == 1 and "chess" in capsys.readouterr().err


def test_every_task_has_a_run_that_learned():
    assert {name for name in snapshots_content.names() if name in shipped.TASKS} == set(shipped.TASKS)
    for name in SHIPPED:
        run = store.load_run(name)
        scores = [row["scores"][run.facts["measure"]] for row in run.history]
        assert 12 <= len(run.steps) <= 20 and run.steps[0] == 0 and scores[-1] > scores[0] + 0.25, name
        assert all(row["updates"] and row["layers"] for row in run.history)
        assert run.config.task == run.task == name
        assert store.model_at(name, len(run.steps) - 1).parameters_count == run.facts["parameters"]


def test_all_runs_together_are_small():
    files = [path for path in (checkpoints.ROOT / store.FOLDER).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1.2 * 2**20
    assert not [entry for entry in checkpoints.available() if store.FOLDER in entry.folder.parts]


@pytest.mark.parametrize("name", [name for name in TEXTS if not name.startswith("pos")])
def test_answer_lens_curve_and_mark_belong_to_one_moment(name):
    asked = snapshots_content.examples(name)[0]
    first, last = (view(name, moment, asked, "", None, "en") for moment in (0, 99))
    assert view(name, 0, asked, "", None, "en") is first
    assert first.matrix != last.matrix and first.curve != last.curve and first.learning != last.learning
    assert "After 0 of" in first.heading and "dev score" in last.heading and "dev score" not in first.heading
    attends = any("attention" in value for _, value in first.lenses)
    assert first.lens.startswith("attention" if attends else "gradient")
    other = view(name, 0, asked, first.lenses[-1][1], 0, "ko")
    assert other.lens == first.lenses[-1][1] and other.step == 0 and other.about_curve != first.about_curve
    for text in (first.answer, first.matrix, first.curve, first.learning):
        assert json.loads(text)


def test_a_window_has_no_half_life():
    run, answer = store.load_run("addition"), store.predict_at("addition", 12, "123456+654321")
    for lang in ("ko", "en"):
        assert ("half" in snapshots_content._half(run, answer, 6, lang).lower()) == (lang == "en")
    values = answer.trace.of("gradient")[0].values.copy()
    values[6, :3] = 0
    cut = replace(answer, trace=Trace((replace(answer.trace.of("gradient")[0], values=values),)))
    assert "4 steps only" in snapshots_content._half(run, cut, 6, "en")


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("text", ["", "\x00", "9" * 25_000, "a " * 301])
def test_what_cannot_be_read_is_told_in_a_sentence(name, text):
    with pytest.raises(UserError) as error:
        view(name, 3, text, "", None, "en")
    assert error.value.words.ko != error.value.words.en and "\n" not in error.value.words.en


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_training_is_seen_from_inside(name, lang):
    assert snapshots_content.description(name, lang)
    listed = snapshots_content.trainings(name, lang)
    assert listed[0][1] == snapshots_content.SMALL_RUN and len(listed) >= 9
    own, said = snapshots_content.training_figure(name, snapshots_content.SMALL_RUN, lang)
    assert own is not None and said == ""
    shelf, said = snapshots_content.training_figure(name, listed[1][1], lang)
    measured = any(row.get("updates") for row in checkpoints.history_of(checkpoints.ROOT / name / listed[1][1]))
    assert shelf is not None and bool(said) == (not measured)
