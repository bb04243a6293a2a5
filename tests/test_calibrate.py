"""Calibration: the head is set right on held-out pairs, one bias an answer, and the loss there falls."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from s2s_demo.batch import collate
from s2s_demo.task import Shape
from s2s_demo.training import Recipe, fit, loss_of
from train.calibrate import _held_out, calibrate


@pytest.fixture
def learned(new_model, toy_task):
    def made(shape):
        task, model = toy_task(shape), new_model(shape, "gru")
        list(fit(model, task, Recipe(steps=30, batch=4, lr=2e-2, warmup=2, dim=8), cpu=True))
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


def test_the_symbols_of_one_answer_share_a_bias(learned):
    model, task = learned(Shape.N2N)
    weight, bias = model.head.weight.detach().clone(), model.head.bias.detach().clone()
    calibrate(model, replace(task, answer=lambda y: "one"))
    scale = (model.head.weight / weight).flatten()[0]
    moved = model.head.bias.detach() - scale * bias
    assert torch.allclose(moved, moved[0].expand_as(moved), atol=1e-5)


def test_every_real_step_of_dev_counts_once(learned):
    model, task = learned(Shape.N2N)
    logits_NV, y_N = _held_out(model, task)
    assert logits_NV.shape == (len(y_N), model.y_codec.size)
    assert sorted(y_N.tolist()) == sorted(i for _, y in task.pairs("dev", 0) for i in model.y_codec.encode(y).tolist())
