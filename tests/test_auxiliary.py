"""Auxiliary losses: what is below the last level is trained for the same answer, and nothing of that stays in the model."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from s2s_demo.deep_supervision import DeepSupervision
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.training import fit

DEEP = {"both_ways": True, "depth": 3}
RECIPE = Recipe(steps=6, batch=4, lr=1e-2, warmup=2, dim=8, save_every=2, score_every=100, auxiliary=0.5, average=0.9)


def run(model, task, recipe=RECIPE, **options):
    return list(fit(model, task, recipe, cpu=True, **options))


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_what_is_fed_and_every_level_but_the_last_have_a_head(name, new_model):
    assert len(DeepSupervision(new_model(Shape.N2N, name)).heads) == 1
    assert len(DeepSupervision(new_model(Shape.N2N, name, **DEEP)).heads) == 3


def test_every_engine_can_be_taught_so(engine, new_model, toy_batch):
    for shape in (Shape.N2N, Shape.N21):
        learner, batch = DeepSupervision(new_model(shape, engine)), toy_batch(shape)
        outputs = learner(batch.x_BS, batch.x_mask_BS, batch.y_BM)
        assert [logits.shape[:2] for logits in outputs] == [batch.y_BM.shape] * len(outputs)
        torch.stack([logits.square().sum() for logits in outputs]).sum().backward()
        assert all(p.grad is not None and bool(p.grad.any()) for p in learner.heads.parameters())


def test_a_head_sees_one_step_alone_and_the_answer_sees_all(new_model, toy_batch):
    learner, batch = DeepSupervision(new_model(Shape.N2N, "lstm", **DEEP)).eval(), toy_batch(Shape.N2N)
    other = batch.x_BS.clone()
    other[:, 0] = other[:, 0].roll(1)
    outputs = [learner(x_BS, batch.x_mask_BS, batch.y_BM) for x_BS in (batch.x_BS, other)]
    answer, fed, *levels = ((a - b)[:, 1].abs().max() for a, b in zip(*outputs, strict=True))
    assert fed == 0 and answer > 0 and all(level > 0 for level in levels)


def test_the_mean_of_a_sentence_leaves_padding_out(new_model, toy_batch):
    learner, batch = DeepSupervision(new_model(Shape.N21, "gru", **DEEP)).eval(), toy_batch(Shape.N21)
    whole = learner(batch.x_BS, batch.x_mask_BS, batch.y_BM)
    for row, length in enumerate(batch.x_mask_BS.sum(1).tolist()):
        alone = learner(batch.x_BS[row : row + 1, :length], batch.x_mask_BS[row : row + 1, :length], batch.y_BM[:1])
        assert all(torch.allclose(a[0], b[row], atol=1e-5) for a, b in zip(alone, whole, strict=True))


def test_it_is_learned_from_with_its_weight_and_only_the_answers_loss_is_told(new_model, toy_task):
    plain, taught, strict = (
        run(new_model(Shape.N2N, "gru"), toy_task(Shape.N2N), replace(RECIPE, auxiliary=weight, smoothing=0.1))
        for weight in (0.0, 0.5, 2.0)
    )
    assert plain[0].loss == taught[0].loss == strict[0].loss
    assert plain[0].grad_norm < taught[0].grad_norm < strict[0].grad_norm
    assert taught[-1].loss != plain[-1].loss
    assert set(taught[0].layers) == set(plain[0].layers), "the heads are no part of the model"


def test_nothing_of_it_stays_in_the_model(new_model, toy_task):
    model = new_model(Shape.N2N, "lstm", **DEEP)
    names, count = set(model.state_dict()), model.parameters_count
    run(model, toy_task(Shape.N2N))
    assert set(model.state_dict()) == names and model.parameters_count == count


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_resumed_equals_uninterrupted_digit_for_digit(average, new_model, toy_task, tmp_path):
    recipe = replace(RECIPE, average=average)
    task, whole_model, other = toy_task(Shape.N2N), *(new_model(Shape.N2N, "lstm", **DEEP) for _ in range(2))
    whole = run(whole_model, task, recipe)
    asked = iter([False, False, False, True])
    halted = run(new_model(Shape.N2N, "lstm", **DEEP), task, recipe, folder=tmp_path, stop=lambda: next(asked))
    torch.manual_seed(99)
    rest = run(other, task, recipe, folder=tmp_path, resume=True)
    assert [p.step for p in (*halted, *rest)] == [1, 2, 3, 4, 5, 6]
    assert [(p.loss, p.grad_norm, p.layers) for p in (*halted, *rest)] == [
        (p.loss, p.grad_norm, p.layers) for p in whole
    ]
    assert all(torch.equal(a, b) for a, b in zip(other.parameters(), whole_model.parameters(), strict=True))


def test_a_model_with_a_decoder_is_refused(new_model, toy_task):
    with pytest.raises(ValueError, match="encoder-only"):
        run(new_model(Shape.N2M, "gru"), toy_task(Shape.N2M))
