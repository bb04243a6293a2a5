"""The lenses that every engine has, those that only some have, and what is not to be confused with a zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from s2s_demo import lenses
from s2s_demo.explain import predict
from s2s_demo.lenses import occlusion
from s2s_demo.prediction import Trace
from s2s_demo.task import Approach, Shape
from s2s_demo.trace import recording

HAS = {
    "attention": ("attention", "transformer"),
    "hidden": ("mamba",),
    "state": ("rnn", "lstm", "gru", "attention", "mamba"),
}


def answered(model, text="bdace"):
    (answer,) = predict(model, [text], look=True)
    return answer


@pytest.mark.parametrize("kind", lenses.KINDS)
def test_every_lens_opens_on_every_engine_shape_and_approach(cell, model, kind):
    answer = answered(model)
    grids = lenses.compute_grids(model, answer, kind)
    assert bool(grids) == (cell.engine in HAS.get(kind, (cell.engine,)))
    for grid in grids:
        assert grid.kind == kind
        assert kind == "state" or grid.rows == answer.y_pieces
        assert tuple(c for c in grid.columns if c in "abcde") == answer.x_pieces
        assert (
            np.isfinite(grid.values).any() or cell.engine == "independent"
        )  # in a stream it has no path from x at all


def test_no_lens_above_its_length(toy_model):
    model = toy_model(Shape.N2N, "rnn")
    (answer,) = predict(model, ["a" * (lenses.LONGEST_LOOK + 1)])
    assert all(lenses.compute_grids(model, answer, kind) == () for kind in lenses.KINDS)


def test_occlusion_is_the_loss_of_log_p_without_one_step(model, cell):
    answer = answered(model)
    (grid,) = lenses.compute_grids(model, answer, "occlusion")
    x, y = model.x_codec.encode("bdace")[None], torch.tensor([answer.symbols])
    mask = torch.ones_like(x, dtype=torch.bool)
    e = model.embed_x(x).detach()

    def log_p(e_BSD):
        p = model.head(model.wiring(e_BSD, mask, y)).log_softmax(-1)
        return p[0, torch.arange(len(y[0])), y[0]].detach()

    without = e.clone()
    without[0, 2] = 0
    expected = (log_p(e) - log_p(without)).numpy()
    seen = np.isfinite(grid.values[:, 2])
    np.testing.assert_allclose(grid.values[seen, 2], expected[seen], atol=1e-6)
    np.testing.assert_allclose(expected[~seen], 0, atol=1e-12)


def test_occlusion_of_an_unused_step_is_no_path_and_not_a_number(toy_model):
    (grid,) = lenses.compute_grids(model := toy_model(Shape.N2N, "independent"), answered(model), "occlusion")
    assert (np.isfinite(grid.values) == np.eye(5, dtype=bool)).all()


@pytest.mark.parametrize("length", [5, 70])
def test_hidden_attention_is_what_the_scan_computes(length, layer_of, noise):
    layer = layer_of("mamba", causal=True)
    block, x = layer._blocks()[0], noise(2, length, 8)
    with recording("hidden") as record:
        whole = block(x, "here")
    ((where, alpha_BHTS),) = record.of("hidden")
    z, seen, _ = block.project(x)
    conv = block.conv(torch.nn.functional.pad(seen, (0, 0, block.K - 1, 0)).transpose(1, 2)).transpose(1, 2)
    x_BTHP = block.parts(conv)[0]
    y = torch.einsum("bhts,bshp->bthp", alpha_BHTS, x_BTHP) + x_BTHP * block.skip[:, None]
    assert where == "here"
    torch.testing.assert_close(block.close(y, z), whole, atol=1e-9, rtol=1e-9)
    assert (alpha_BHTS.triu(1) == 0).all() and (alpha_BHTS < 0).any()
    assert (alpha_BHTS.sum(-1) - 1).abs().max() > 0.1


def test_of_an_encoder_decoder_the_hidden_row_is_how_the_one_vector_was_made(toy_model):
    model = toy_model(Shape.N2M, "mamba")
    assert model.approach is Approach.ENCODER_DECODER
    grid = lenses.compute_grids(model, answered(model), "hidden")[0]
    assert (grid.values == grid.values[0]).all() and np.isfinite(grid.values).all()


@pytest.mark.parametrize("engine", ["rnn", "lstm", "gru", "mamba"])
def test_a_state_moves_by_the_difference_of_what_is_carried(engine, toy_model):
    model = toy_model(Shape.N2N, engine)
    (grid,) = lenses.compute_grids(model, answered(model), "state")
    layer, x = model.wiring.layer, model.embed_x(model.x_codec.encode("bdace")[None])
    state, before, moved = layer.start(None, 1), 0, []
    for x_BD in x.unbind(1):
        _, state = layer.step(x_BD, state)
        now = state[0].S if engine == "mamba" else state[0][0]
        moved.append(float((now - before).norm().detach()))
        before = now
    np.testing.assert_allclose(grid.values[0], moved, rtol=1e-6)


def test_a_state_from_right_to_left_starts_at_the_right(new_model):
    model = new_model(Shape.N2N, "gru", both_ways=True, depth=1).eval()
    (grid,) = lenses.compute_grids(model, answered(model, "abcde"), "state")
    other = lenses.compute_grids(model, answered(model, "abcda"), "state")[0]
    back = grid.rows.index("layer 0 h ←")
    ahead = grid.rows.index("layer 0 h")
    assert (grid.values[back] != other.values[back]).all()
    assert (grid.values[ahead, :4] == other.values[ahead, :4]).all()


def test_what_was_looked_at_before_is_used_again(toy_model, monkeypatch):
    model = toy_model(Shape.N2N, "gru")
    answer = answered(model)
    monkeypatch.setattr(occlusion, "gradient", None)
    assert lenses.compute_grids(model, answer, "occlusion")
    with pytest.raises(TypeError):
        lenses.compute_grids(model, replace(answer, trace=Trace()), "occlusion")
