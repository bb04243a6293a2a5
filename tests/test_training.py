"""The training loop: it learns, repeats itself digit for digit, stops, resumes, and shows norms as they were before clipping."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import FrozenInstanceError, asdict, replace
from itertools import chain, islice, pairwise
from pathlib import Path
from random import Random

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from s2s_demo import tasks, training
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.norms import layer_norms, part_of
from s2s_demo.prediction import UserError
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape, Task
from s2s_demo.training import fit, loss_of
from s2s_demo.training_state import STATE_FILE

RECIPE = Recipe(steps=6, batch=8, lr=1e-2, warmup=2, dim=8, save_every=100, score_every=100)
RECIPE_SAVED = replace(RECIPE, save_every=1)
ADDITION = tasks.get("addition")
ROOT = Path(__file__).resolve().parent.parent


def fresh(engine="gru", task=ADDITION, **options):
    torch.manual_seed(0)
    return Seq2Seq(ModelConfig.of(task, engine, dim=8, **options))


def run(model, recipe=RECIPE, task=ADDITION, **options):
    return list(fit(model, task, recipe, cpu=True, **options))


def facts(progress):
    """What must repeat itself, digit for digit."""
    return [(p.step, p.loss, p.grad_norm, p.layers, p.lr, p.clipped) for p in progress]


def test_steps_lower_the_loss_on_one_batch(engine, new_model, toy_task, toy_batch):
    model, batch = new_model(Shape.N2N, engine), toy_batch(Shape.N2N)
    before = float(loss_of(model, batch).detach())
    recipe = replace(RECIPE, steps=10, batch=4, lr=3e-2)
    first, *_, last = run(model, recipe, toy_task(Shape.N2N))
    assert first.loss == pytest.approx(before, rel=1e-5)
    assert float(loss_of(model, batch).detach()) < 0.9 * before
    assert last.loss < first.loss


def test_the_loss_counts_real_symbols_only(new_model, toy_batch):
    model, batch = new_model(Shape.N2M, "gru"), toy_batch(Shape.N2M)
    log_p = model(batch.x_BS, batch.x_mask_BS, batch.y_BM).log_softmax(-1)
    each = -log_p.gather(-1, batch.y_BM.unsqueeze(-1)).squeeze(-1)[batch.y_mask_BM]
    assert float(loss_of(model, batch).detach()) == pytest.approx(float(each.mean().detach()), rel=1e-6)


def test_the_same_seed_has_the_same_losses_and_another_has_not():
    assert facts(run(fresh(), seed=3)) == facts(run(fresh(), seed=3))
    assert facts(run(fresh(), seed=3)) != facts(run(fresh(), seed=4))


def stopped_at(step, model, folder, **options):
    calls = []

    def stop():
        calls.append(1)
        return len(calls) == step

    return run(model, folder=folder, stop=stop, **options)


@pytest.mark.parametrize("options", [{}, {"depth": 2, "dropout": 0.3}], ids=str)
@pytest.mark.parametrize("name", ["gru", "transformer"])
def test_resumed_equals_uninterrupted_digit_for_digit(name, options, tmp_path):
    if name == "transformer":
        options = {**options, "heads": 2}
    whole_model = fresh(name, **options)
    whole = run(whole_model, seed=5)
    halted = stopped_at(3, fresh(name, **options), tmp_path, seed=5)
    other = fresh(name, **options)
    torch.manual_seed(99)
    rest = run(other, folder=tmp_path, resume=True, seed=5)
    assert [p.step for p in halted] == [1, 2, 3] and [p.step for p in rest] == [4, 5, 6]
    assert facts(halted) + facts(rest) == facts(whole)
    assert all(torch.equal(a, b) for a, b in zip(other.parameters(), whole_model.parameters(), strict=True))


def test_a_finite_task_resumes_in_the_middle_of_an_epoch(tmp_path):
    task = Task.from_pairs([(f"{i:03}", f"{i % 7:03}") for i in range(40)], shape=Shape.N2N)
    whole = run(fresh(task=task), task=task)
    halted = stopped_at(3, fresh(task=task), tmp_path, task=task)
    assert facts(halted) + facts(run(fresh(task=task), task=task, folder=tmp_path, resume=True)) == facts(whole)


def test_time_spent_goes_on_when_resumed(tmp_path):
    halted = stopped_at(3, fresh(), tmp_path)
    rest = run(fresh(), folder=tmp_path, resume=True)
    assert halted[-1].seconds < rest[0].seconds <= rest[-1].seconds


def test_a_finished_run_has_nothing_left_to_resume(tmp_path):
    run(fresh(), folder=tmp_path)
    assert run(fresh(), folder=tmp_path, resume=True) == []


def test_stopping_keeps_what_there_is_and_says_so(tmp_path):
    model = fresh()
    halted = stopped_at(2, model, tmp_path, score=lambda m: {"exact": 0.5})
    assert halted[-1].step == 2 and halted[-1].steps == 6 and halted[-1].scores == {"exact": 0.5}
    kept = load_file(tmp_path / STATE_FILE)
    assert all(torch.equal(kept[f"model.{name}"], value) for name, value in model.state_dict().items())
    assert [path.name for path in tmp_path.iterdir()] == [STATE_FILE]


def test_nothing_is_kept_without_a_folder_and_often_with_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(fresh())
    assert not list(tmp_path.iterdir())
    steps = fit(fresh(), ADDITION, replace(RECIPE, save_every=2), folder=tmp_path, cpu=True)
    assert [(tmp_path / STATE_FILE).exists() for _ in islice(steps, 3)] == [False, False, True]


def test_scores_are_taken_every_so_many_steps_and_at_the_end():
    modes = []

    def score(model):
        modes.append(model.training)
        return {"exact": 0.25}

    progress = run(fresh(), replace(RECIPE, steps=5, score_every=2), score=score)
    assert [p.step for p in progress if p.scores] == [2, 4, 5]
    assert modes == [False] * 3


@pytest.mark.parametrize("folder", [None, "empty"])
def test_nothing_to_resume_is_told(folder, tmp_path):
    with pytest.raises(UserError, match="Nothing to resume"):
        run(fresh(), folder=tmp_path / folder if folder else None, resume=True)


def test_resuming_with_another_recipe_is_told(tmp_path):
    run(fresh(), folder=tmp_path)
    with pytest.raises(UserError, match="another recipe"):
        run(fresh(), replace(RECIPE, lr=2e-2), folder=tmp_path, resume=True)


def test_a_run_from_before_a_recipe_had_all_its_fields_goes_on(tmp_path):
    halted = stopped_at(3, fresh(), tmp_path)
    path = tmp_path / STATE_FILE
    with safe_open(path, "pt") as file:
        kept = file.metadata()
    early = {k: v for k, v in json.loads(kept["recipe"]).items() if k not in ("auxiliary", "calibrated")}
    save_file(load_file(path), path, metadata=kept | {"recipe": json.dumps(early)})
    rest = run(fresh(), folder=tmp_path, resume=True)
    assert facts(halted) + facts(rest) == facts(run(fresh()))
    with pytest.raises(UserError, match="another recipe"):
        run(fresh(), replace(RECIPE, auxiliary=1.0), folder=tmp_path, resume=True)


@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b"junk" * 50, lambda b: b[: len(b) // 2], lambda b: b[:-1]]
)
def test_a_damaged_training_file_is_told(damage, tmp_path):
    run(fresh(), replace(RECIPE, steps=1), folder=tmp_path)
    path = tmp_path / STATE_FILE
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UserError, match="damaged"):
        run(fresh(), replace(RECIPE, steps=1), folder=tmp_path, resume=True)


def true_norms(recipe):
    """The gradients of the first step, taken by hand."""
    model, norms = fresh(), []

    def look(parameter):
        norms.append(float(parameter.grad.norm()))

    for parameter in model.parameters():
        parameter.register_post_accumulate_grad_hook(look)
    (progress,) = islice(fit(model, ADDITION, recipe, cpu=True), 1)
    return progress, norms


@pytest.mark.parametrize("clip, clipped", [(1e-3, True), (1e3, False)])
def test_norms_are_read_before_clipping(clip, clipped):
    progress, norms = true_norms(replace(RECIPE, clip=clip))
    assert progress.grad_norm == pytest.approx(math.hypot(*norms), rel=1e-5)
    assert math.hypot(*progress.layers.values()) == pytest.approx(progress.grad_norm, rel=1e-5)
    assert progress.clipped == clipped and progress.grad_norm > 1e-2


def test_clipping_bounds_the_step(new_model):
    model = fresh()
    list(islice(fit(model, ADDITION, replace(RECIPE, clip=1e-3), cpu=True), 1))
    assert math.hypot(*layer_norms(model).values()) == pytest.approx(1e-3, rel=1e-3)


def test_every_parameter_belongs_to_one_named_part(engine, new_model):
    model = new_model(Shape.N2M, engine)
    parts = {part_of(name) for name, _ in model.named_parameters()}
    assert {"embed_x", "embed_y", "head"} <= parts
    assert any(p.startswith("encoder") for p in parts) and any(p.startswith("decoder") for p in parts)
    assert part_of("wiring.decoder.blocks.0.qkv.weight") == "decoder.blocks.0"
    assert part_of("wiring.layer.fused.weight_ih_l0") == "layer.fused"


def test_own_pairs_train(new_model):
    task = Task.from_pairs([(f"word{i}", "even" if i % 2 else "odd") for i in range(12)], shape=Shape.N21)
    progress = run(fresh("lstm", task), replace(RECIPE, steps=4, batch=64), task)
    assert len(progress) == 4 and all(math.isfinite(p.loss) for p in progress)
    assert progress[-1].loss < progress[0].loss


def test_an_epoch_meets_every_pair_once():
    task = Task.from_pairs([(f"{i:02}", "a") for i in range(20)], shape=Shape.N21)
    met = []
    x_codec = task.get_x_codec()

    class Watched:
        size = x_codec.size

        def encode(self, raw):
            met.append(raw)
            return x_codec.encode(raw)

    model = fresh(task=task)
    model.x_codec = Watched()
    run(model, replace(RECIPE, steps=6, batch=6), task)
    first, second = met[:18], met[18:]
    assert sorted(first) == sorted(second) == sorted({x for x, _ in task.pairs("train", 0)})
    assert first != second


def test_the_rate_warms_up_and_falls():
    recipe = Recipe(steps=100, lr=1.0, warmup=10, last_lr=0.1)
    rates = [recipe.rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1) and rates[9] == 1.0 == max(rates)
    assert rates[:10] == sorted(rates[:10]) and rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(0.55) and recipe.rate(100) == pytest.approx(0.1)
    assert Recipe(warmup=0, lr=1.0).rate(0) == 1.0


def test_a_row_of_the_history_is_plain_json():
    *_, last = run(fresh(), score=lambda m: {"exact": 0.5})
    row = json.loads(last.to_json())
    assert set(row) == {"step", "loss", "grad_norm", "layers", "lr", "seconds", "clipped", "scores", "updates"}
    assert row["step"] == 6 and row["scores"] == {"exact": 0.5} and set(row["layers"]) == set(last.layers)
    assert "scores" not in json.loads(replace(last, scores=None).to_json())


def test_two_processes_train_one_model(tmp_path):
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["-m", "train", "addition", "--engine", "rnn", "--steps", "4", "--cpu", "--out", "out"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    weights = load_file(tmp_path / "out" / "addition" / "rnn" / "model.safetensors")
    assert weights and all(torch.isfinite(value).all() for value in weights.values())
    history = (tmp_path / "out" / "addition" / "rnn" / "history.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["step"] for line in history] == [1, 2, 3, 4]


def epochs(count, size, batches, pool, monkeypatch, seed=0):
    monkeypatch.setattr(training, "POOL", pool)
    rng = Random(0)
    pairs = [("x" * rng.randint(1, 60), str(i)) for i in range(count)]
    return [training._epoch_slice(pairs, size, number, seed) for number in range(batches)]


@pytest.mark.parametrize("count, size, pool", [(83, 4, 3), (83, 4, 50), (20, 4, 5), (3, 4, 2)])
def test_every_epoch_is_another_shuffle_of_whole_batches_each_pair_once(count, size, pool, monkeypatch):
    per_epoch = max(1, count // size)
    batches = epochs(count, size, 2 * per_epoch, pool, monkeypatch)
    first, second = ([y for batch in half for _, y in batch] for half in (batches[:per_epoch], batches[per_epoch:]))
    assert {len(batch) for batch in batches} == {min(size, count)}
    for epoch in (first, second):
        assert len(set(epoch)) == len(epoch) == min(count, per_epoch * size)
    assert count < size or first != second
    assert batches == epochs(count, size, 2 * per_epoch, pool, monkeypatch)
    assert count < size or batches != epochs(count, size, 2 * per_epoch, pool, monkeypatch, seed=1)


def test_pairs_of_like_length_share_a_batch_and_batches_come_in_no_order_of_length(monkeypatch):
    batches = epochs(800, 8, 100, 50, monkeypatch)
    lengths = [[len(x) for x, _ in batch] for batch in batches]
    assert sum(max(row) - min(row) for row in lengths) / 100 < 4
    assert 30 < sum(a[0] > b[0] for a, b in pairwise(lengths)) < 70


@pytest.mark.parametrize("step", [1, 3])
def test_the_mean_of_the_weights_resumes_digit_for_digit(step, tmp_path):
    recipe = replace(RECIPE, average=0.9)
    whole_model, other = fresh(), fresh()
    whole = run(whole_model, recipe)
    halted = stopped_at(step, fresh(), tmp_path, recipe=recipe)
    assert facts(halted) + facts(run(other, recipe, folder=tmp_path, resume=True)) == facts(whole)
    assert all(torch.equal(a, b) for a, b in zip(other.parameters(), whole_model.parameters(), strict=True))
    again = fresh()
    assert run(again, recipe, folder=tmp_path, resume=True) == []
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), whole_model.parameters(), strict=True))


def test_the_mean_is_scored_and_left_and_does_not_touch_the_training(tmp_path):
    recipe, scored = replace(RECIPE, average=0.9, score_every=1, save_every=1), []
    plain, averaged = fresh(), fresh()
    saved = fit(plain, ADDITION, RECIPE_SAVED, folder=tmp_path, cpu=True)
    later = chain(islice(saved, 1, None), [None])  # a step is saved when the next one is asked for, the last at the end
    steps = [load_file(tmp_path / STATE_FILE) for _ in later]
    assert len(steps) == RECIPE.steps
    walked = run(averaged, recipe, score=lambda m: scored.append(m.head.bias.clone()) or {"exact": 0.0})
    assert [p.loss for p in walked] == [p.loss for p in run(fresh())]
    mean = fresh().head.bias.detach()
    for step, weights in enumerate(steps):
        kept = min(0.9, (1 + step) / (10 + step))
        mean = kept * mean + (1 - kept) * weights["model.head.bias"]
        assert torch.allclose(scored[step], mean, atol=1e-6)
    assert torch.equal(averaged.head.bias, scored[-1]) and not torch.equal(averaged.head.bias, plain.head.bias)


def test_label_smoothing_gives_every_symbol_its_share(new_model, toy_batch):
    model, batch = new_model(Shape.N2N, "gru"), toy_batch(Shape.N2N)
    log_p = model(batch.x_BS, batch.x_mask_BS, batch.y_BM).log_softmax(-1)[batch.y_mask_BM]
    true = log_p.gather(-1, batch.y_BM[batch.y_mask_BM][:, None]).mean()
    expected = -(0.9 * true + 0.1 * log_p.mean())
    assert float(loss_of(model, batch, 0.1).detach()) == pytest.approx(float(expected.detach()), rel=1e-6)
    assert facts(run(fresh(), replace(RECIPE, smoothing=0.1))) != facts(run(fresh()))


def test_the_reported_loss_is_plain_whatever_is_learned_from(new_model, toy_task, toy_batch):
    """Smoothing and auxiliary losses change what is learned from, as the gradient shows, and not what the first step reports."""
    task = toy_task(Shape.N2N)
    plain, smoothed, taught = (
        run(new_model(Shape.N2N, "gru"), replace(RECIPE, steps=1, **more), task)[0]
        for more in ({}, {"smoothing": 0.3}, {"smoothing": 0.3, "auxiliary": 0.5})
    )
    assert smoothed.loss == plain.loss and taught.loss == pytest.approx(plain.loss, rel=1e-6)
    assert len({plain.grad_norm, smoothed.grad_norm, taught.grad_norm}) == 3


def test_what_is_learned_from_with_smoothing_is_the_smoothed_loss(new_model, toy_task):
    """The norm that is reported is that of the smoothed loss's gradient, to the digit."""
    task, recipe = toy_task(Shape.N2N), replace(RECIPE, steps=1, smoothing=0.3)
    model = new_model(Shape.N2N, "gru")
    batch = next(training._batches(task, model, recipe, 0, training._SingleProcess("cpu"), 0))
    loss_of(model, batch, 0.3).backward()
    expected = float(torch.nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None]))
    assert run(new_model(Shape.N2N, "gru"), recipe, task)[0].grad_norm == expected


def test_a_training_is_the_one_it_always_was(monkeypatch):
    """What is drawn depends on seed, step and epoch alone, so that whatever was trained once can be trained again."""
    losses = [round(p.loss, 4) for p in run(fresh(), replace(RECIPE, average=0.5))]
    assert losses == pytest.approx([2.5863, 2.4298, 2.6093, 2.5179, 2.5106, 2.4249], abs=1e-3)
    task = Task.from_pairs([(f"{i:03}", f"{i % 7:03}") for i in range(40)], shape=Shape.N2N)
    losses = [round(p.loss, 4) for p in run(fresh(task=task), task=task, seed=0)]
    assert losses == pytest.approx([2.5365, 2.5497, 2.4484, 2.4377, 2.4172, 2.3535], abs=1e-3)
    drawn = ["".join(y for _, y in batch) for batch in epochs(10, 2, 10, 2, monkeypatch, seed=1)]
    assert drawn == ["58", "03", "72", "94", "61", "56", "12", "48", "70", "93"]


def test_a_recipe_names_what_all_trainings_without_a_word_of_their_own_were_made_with():
    usual = {"steps": 1000, "batch": 64, "lr": 2e-3, "warmup": 50, "last_lr": 0.02, "weight_decay": 0.01, "clip": 1.0}
    usual |= {"dim": 64, "options": {}, "embed": {}, "drop": 0.0, "pool": "last", "smoothing": 0.0, "auxiliary": 0.0}
    assert asdict(Recipe()) == usual | {"average": 0.0, "calibrated": False, "score_every": 500, "save_every": 500}
    with pytest.raises(FrozenInstanceError):
        Recipe().lr = 1.0


def test_about_a_hundred_steps_are_logged_with_their_updates_and_the_time_left():
    assert [Recipe(steps=steps).log_every for steps in (1, 99, 199, 200, 1000)] == [1, 1, 1, 2, 10]
    progress = run(fresh(), replace(RECIPE, steps=202, batch=1))
    assert [p.step for p in progress if p.updates] == [1, *range(2, 203, 2)]
    assert all(p.left == pytest.approx(p.seconds / p.step * (202 - p.step)) for p in progress)
    assert 0 < progress[0].seconds < progress[-1].seconds < 60 and progress[-1].left == 0
    with pytest.raises(FrozenInstanceError):
        progress[0].loss = 0.0


def test_an_update_is_what_a_part_moved_by_its_size():
    model = fresh()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.fill_(0.0 if name.startswith("embed_x") else 2.0)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    with torch.no_grad():
        for parameter in model.head.parameters():
            parameter.add_(0.5)
    updates = training.update_ratios(model, before)
    assert "embed_x" not in updates and updates.pop("head") == pytest.approx(0.25) and set(updates.values()) == {0.0}


def test_the_device_is_the_best_one_unless_it_shall_be_the_cpu(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(training, "best_device", lambda: asked.append(1) or "cpu")
    list(fit(fresh(), ADDITION, RECIPE_SAVED, folder=tmp_path / "not" / "there"))
    assert asked == [1] and (tmp_path / "not" / "there" / STATE_FILE).exists()
    monkeypatch.setenv("WORLD_SIZE", "1")
    run(fresh())
    assert asked == [1] and isinstance(training._accelerator("cpu"), training._SingleProcess), (
        "alone, Accelerate is left aside"
    )
