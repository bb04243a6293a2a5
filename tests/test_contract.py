"""What every engine promises in every wiring: 72 cells, in double precision, with loud weights and random disturbance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import numpy as np
import pytest
import torch

from s2s_demo import checkpoints, engines, lenses
from s2s_demo.batch import shift
from s2s_demo.codecs import BOS, PAD, SPECIALS
from s2s_demo.engine import Memory
from s2s_demo.engines._recurrent import Recurrent
from s2s_demo.explain import predict
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Prediction
from s2s_demo.task import Approach, Shape
from s2s_demo.trace import recording

EXACT = {"rtol": 0.0, "atol": 1e-9}
NEW = len(SPECIALS)


def same(a, b):
    return torch.allclose(a, b, **EXACT)


def disturbed(symbols, where, size):
    """Random other symbols where `where` holds."""
    turn = torch.randint(1, size - NEW, symbols.shape)
    other = NEW + (symbols.clamp(min=NEW) - NEW + turn) % (size - NEW)
    return torch.where(where, other, symbols)


def full(x_BS):
    return torch.ones_like(x_BS, dtype=torch.bool)


def one_row(batch, i):
    """Row i by itself, without any padding."""
    x, y = batch.x_BS[i, batch.x_mask_BS[i]][None], batch.y_BM[i, batch.y_mask_BM[i]][None]
    return x, full(x), y


def test_padding_is_invisible(model, batch):
    x_BS = disturbed(batch.x_BS, ~batch.x_mask_BS, model.x_codec.size)
    logits = model(x_BS, batch.x_mask_BS, batch.y_BM)
    for i in range(len(x_BS)):
        alone = model(*one_row(batch, i))
        assert same(logits[i, : alone.shape[1]], alone[0]), i


def test_content_of_the_padding_moves_nothing(model, batch):
    first, second = (
        model(disturbed(batch.x_BS, ~batch.x_mask_BS, model.x_codec.size), batch.x_mask_BS, batch.y_BM)
        for _ in range(2)
    )
    real = batch.y_mask_BM
    assert same(first[real], second[real])


def test_future_of_y_is_invisible(model, batch):
    x, mask, y = one_row(batch, 2)
    before = model(x, mask, y)
    for k in range(y.shape[1]):
        later = (torch.arange(y.shape[1]) >= k)[None]
        after = model(x, mask, disturbed(y, later, model.y_codec.size))
        assert same(before[:, : k + 1], after[:, : k + 1]), k


def test_past_of_y_is_read_by_decoders(cell, model, batch):
    x, mask, y = one_row(batch, 2)
    first = (torch.arange(y.shape[1]) == 0)[None]
    before, after = model(x, mask, y), model(x, mask, disturbed(y, first, model.y_codec.size))
    is_fed = cell.approach is not Approach.ENCODER_ONLY and y.shape[1] > 1
    assert ((before - after).abs().max() > 1e-4) == is_fed


def test_step_equals_forward(model, batch):
    _, mask, y = one_row(batch, 2)
    size = model.x_codec.size
    x = torch.randint(NEW, size, (3, mask.shape[1]))
    y = disturbed(y.expand(3, -1).clone(), full(y).expand(3, -1), model.y_codec.size)
    state, stepped = model.start(x, full(x)), []
    for fed in shift(y).unbind(1):
        logits, state = model.step(fed, state)
        stepped.append(logits)
    assert same(torch.stack(stepped, 1), model(x, full(x), y))


@pytest.mark.parametrize("reads", [False, True])
def test_a_causal_layer_steps_as_it_runs_and_never_looks_ahead(engine, reads, layer_of, noise):
    layer, x, mask = layer_of(engine, causal=True, reads=reads), noise(2, 6, 8), torch.ones(2, 6, dtype=torch.bool)
    memory = Memory(noise(2, 4, 8), torch.tensor([[True] * 4, [True, True, False, False]])) if reads else None
    out, state, stepped = layer(x, mask, memory), layer.start(memory, 2), []
    for now in x.unbind(1):
        h, state = layer.step(now, state)
        stepped.append(h)
    assert same(torch.stack(stepped, 1), out)
    for t in range(1, 6):
        later = torch.cat([x[:, :t], noise(2, 6 - t, 8)], 1)
        assert same(layer(later, mask, memory)[:, :t], out[:, :t]), t


def test_memory_is_read(engine, layer_of, noise):
    layer, x, mask = layer_of(engine, causal=True, reads=True), noise(1, 3, 8), torch.ones(1, 3, dtype=torch.bool)
    memory = Memory(noise(1, 4, 8), torch.ones(1, 4, dtype=torch.bool))
    other = replace(memory, states_BSD=noise(1, 4, 8))
    assert ((layer(x, mask, memory) - layer(x, mask, other)).abs().amax(-1) > 1e-4).all()


def carries(engine: str) -> bool:
    """Whether a step of the engine's causal layer hears of the step before it.

    Squares of half the outputs: the sum of what a LayerNorm gives is the same for every input, and so is that of all squares.
    """
    x_BTD = torch.randn(1, 2, 8, requires_grad=True)
    y_BTD = engines.get(engine).layer(8, causal=True, reads=False)(x_BTD, torch.ones(1, 2, dtype=torch.bool))
    (slope_BTD,) = torch.autograd.grad(y_BTD[:, 1, : y_BTD.shape[2] // 2].square().sum(), x_BTD)
    return bool(slope_BTD[:, 0].any())


def test_x_is_read(cell, model, batch):
    x, mask, y = one_row(batch, 2)
    moved = (model(x, mask, y) - model(disturbed(x, full(x), model.x_codec.size), mask, y)).abs().amax(-1)
    if cell.approach is Approach.DECODER_ONLY and not carries(cell.engine):
        blind = moved[:, 1:] if cell.shape is Shape.LM else moved
        assert (blind == 0).all()
    elif cell.approach is Approach.DECODER_ONLY:
        assert moved[0, 0] > 1e-6
    else:
        assert (moved > 1e-6).all()


def named(model, x, y):
    """An answer with the names of these steps and nothing else."""
    x_names, y_names = model.x_codec.names(x[0].tolist()), model.y_codec.names(y[0].tolist())
    return Prediction("", "", tuple(x_names), tuple(y_names), np.ones(len(y_names)), 0.0)


def finite_differences(model, x, y, by=1e-5):
    """(M, S) lengths of the central differences of log p(y_k) along every channel of every input embedding."""
    e_SD = model.embed_x(x)[0].detach()
    S, D = e_SD.shape
    moves = by * torch.eye(S * D, dtype=torch.float64).view(-1, S, D)
    e_BSD = torch.cat([e_SD + moves, e_SD - moves])
    y_BM = y.expand(len(e_BSD), -1)
    with torch.no_grad():
        log_p = model.head(model.wiring(e_BSD, full(e_BSD[..., 0]), y_BM)).log_softmax(-1)
    log_p_BM = log_p.gather(-1, y_BM.unsqueeze(-1)).squeeze(-1)
    up, down = log_p_BM.chunk(2)
    return ((up - down) / (2 * by)).view(S, D, -1).norm(dim=1).T


def test_gradient_lens_agrees_with_finite_differences(model, batch):
    x, _, y = one_row(batch, 0)
    grid = lenses.gradient.gradient(model, x, y, named(model, x, y))
    np.testing.assert_allclose(grid.values, finite_differences(model, x, y).numpy(), rtol=1e-6, atol=1e-6)


def test_loaded_is_what_was_saved(cell, batch, tmp_path, loud):
    model = Seq2Seq(cell.config).eval()
    loud(model)
    folder = tmp_path / cell.task.name / cell.engine
    checkpoints.save(model, folder, {"seed": 0}, ["{}"], "card")
    (entry,) = checkpoints.available(root=tmp_path)
    assert (entry.task, entry.engine, entry.approach) == (cell.task.name, cell.engine, cell.approach.value)
    loaded = checkpoints._loaded(entry.folder, "cpu", 0.0)
    assert loaded.config == model.config
    assert loaded.x_codec == model.x_codec and loaded.y_codec == model.y_codec
    inputs = batch.x_BS, batch.x_mask_BS, batch.y_BM
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), model.parameters(), strict=True))
    assert same(loaded.double()(*inputs), model.double()(*inputs))


def test_answers_are_the_same_alone_and_together(model):
    texts = ["abc", "e", "bdace", "cab", "dd"]
    together = predict(model, texts)
    for text, answer in zip(texts, together, strict=True):
        (alone,) = predict(model, [text])
        assert (alone.x, alone.y, alone.y_pieces) == (text, answer.y, answer.y_pieces)
        np.testing.assert_allclose(alone.confidence, answer.confidence, rtol=1e-6)


def test_looking_changes_no_answer_and_names_fit(cell, model):
    texts = ["abc", "e", "bdace"]
    for plain, looked in zip(predict(model, texts), predict(model, texts, look=True), strict=True):
        assert (plain.y, plain.y_pieces) == (looked.y, looked.y_pieces)
        np.testing.assert_array_equal(plain.confidence, looked.confidence)
        assert not plain.trace.grids
        (gradient,) = looked.trace.of("gradient")
        assert (gradient.rows, gradient.columns) == (looked.y_pieces, looked.x_pieces)
        assert bool(looked.trace.of("attention")) == model.engine.attends
        for grid in looked.trace.grids:
            assert grid.values.shape == (len(grid.rows), len(grid.columns))
            assert grid.rows == looked.y_pieces
            assert tuple(c for c in grid.columns if c in "abcde") == looked.x_pieces


def test_nobody_sees_the_marks_of_another(model, batch):
    runs = [one_row(batch, i) for i in range(4)]
    barrier = Barrier(4, timeout=20)

    def marks(inputs, wait):
        with recording("attention", "state") as record:
            wait()
            model(*inputs)
            wait()
        return record.marks

    alone = [marks(inputs, lambda: None) for inputs in runs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda inputs: marks(inputs, barrier.wait), runs))
    for mine, expected in zip(together, alone, strict=True):
        assert [(kind, where) for kind, where, _ in mine] == [(kind, where) for kind, where, _ in expected]
        assert all(torch.equal(a, b) for (_, _, a), (_, _, b) in zip(mine, expected, strict=True))
    has_marks = model.engine.attends or any(isinstance(part, Recurrent) for part in model.modules())
    assert has_marks == bool(alone[0])


def test_bos_is_what_is_fed_first_and_eos_is_what_ends(cell, batch):
    fed = shift(batch.y_BM)
    assert (fed[:, 0] == BOS).all() and torch.equal(fed[:, 1:], batch.y_BM[:, :-1])
    last = batch.y_BM[torch.arange(4), batch.y_mask_BM.sum(1) - 1]
    assert (last == 2).all() == (cell.shape in (Shape.N2M, Shape.LM))
    assert (batch.y_BM[~batch.y_mask_BM] == PAD).all()
