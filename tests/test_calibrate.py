"""Calibration: the head is set right on held-out pairs, one bias an answer, and the loss there falls."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from s2s_demo.batch import collate
from s2s_demo.calibration import calibrate, dev_logits
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.training import fit, loss_of
from train.card import model_card

RECIPE = Recipe(steps=30, batch=4, lr=2e-2, warmup=2, dim=8)


@pytest.fixture
def learned(new_model, toy_task):
    def made(shape, recipe=RECIPE):
        task, model = toy_task(shape), new_model(shape, "gru")
        list(fit(model, task, recipe, cpu=True))
        return model, task

    return made


def dev_loss(model, task):
    return float(loss_of(model, collate(list(task.pairs("dev", 0)), model.x_codec, model.y_codec, task.shape)).detach())


@pytest.mark.parametrize("shape", [Shape.N2N, Shape.N21], ids=str)
def test_a_head_that_is_off_is_set_right(shape, learned):
    model, task = learned(shape)
    calibrate(model, task)
    right, bias = dev_loss(model, task), model.head.bias.detach().clone()
    with torch.no_grad():
        model.head.weight.mul_(0.5)
        model.head.bias.mul_(0.5)[5] -= 2
    off = dev_loss(model, task)
    calibrate(model, task)
    assert off > right + 0.01 and dev_loss(model, task) == pytest.approx(right, abs=1e-2)
    assert float(model.head.bias[5].detach()) > float(bias[5]) / 2 - 2


def test_it_only_turns_and_scales_the_head(learned):
    model, task = learned(Shape.N2N)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    calibrate(model, task)
    after = model.state_dict()
    assert {name for name in before if not torch.equal(before[name], after[name])} == {"head.weight", "head.bias"}
    ratio = (after["head.weight"] / before["head.weight"]).flatten()
    assert torch.allclose(ratio, ratio[0].expand_as(ratio), rtol=1e-4) and float(ratio[0]) != 1


def test_the_symbols_of_one_answer_share_a_bias_and_it_is_the_best_shared_one(learned):
    model, task = learned(Shape.N2N)
    symbols = model.y_codec.names(list(range(model.y_codec.size)))
    halves = replace(task, answer=lambda y: "first" if symbols.index(y) < 6 else "second")
    calibrate(model, halves)
    best, weight, bias = dev_loss(model, task), model.head.weight.detach().clone(), model.head.bias.detach().clone()
    with torch.no_grad():
        model.head.bias[:6] -= 2
    calibrate(model, halves)
    moved = model.head.bias.detach() - (model.head.weight / weight).detach().flatten()[0] * bias
    assert dev_loss(model, task) == pytest.approx(best, abs=1e-3)
    first, second = moved[:6], moved[6:]
    assert all(torch.allclose(half, half[0].expand_as(half), atol=1e-3) for half in (first, second))


def test_every_real_step_of_dev_counts_once(learned):
    model, task = learned(Shape.N2N)
    logits_NV, y_N = dev_logits(model, task)
    assert logits_NV.shape == (len(y_N), model.y_codec.size)
    assert sorted(y_N.tolist()) == sorted(i for _, y in task.pairs("dev", 0) for i in model.y_codec.encode(y).tolist())


def test_training_ends_with_it_where_the_recipe_says_so(learned):
    (by_hand, task), (by_recipe, _) = learned(Shape.N2N), learned(Shape.N2N, replace(RECIPE, calibrated=True))
    assert not torch.equal(by_hand.head.bias, by_recipe.head.bias)
    calibrate(by_hand, task)
    assert all(torch.equal(a, b) for a, b in zip(by_hand.parameters(), by_recipe.parameters(), strict=True))


def test_the_model_card_tells_that_its_dev_score_is_from_before(learned):
    model, task = learned(Shape.N2N)
    facts = {"command": "c", "steps": 30, "batch": 4, "minutes": 1, "machine": "m", "seed": 0, "dev": {"accuracy": 0.5}}
    told = {on: model_card(task, model, {**facts, "calibrated": on, "auxiliary": on}) for on in (False, True)}
    assert "accuracy 0.5000 |" in told[False] and "auxiliary loss" not in told[False]
    assert "accuracy 0.5000, before the head was calibrated on dev |" in told[True]
    assert "seed 0, an auxiliary loss on every level below |" in told[True]
