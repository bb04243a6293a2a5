"""One fact each about the eight engines."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.autograd.functional import jacobian
from torch.nn import functional as F

from s2s_demo import engines, tasks
from s2s_demo.engine import Memory
from s2s_demo.engines import mamba
from s2s_demo.engines._attention import attend, rotate
from s2s_demo.engines._recurrent import flip
from s2s_demo.prediction import UserError
from s2s_demo.trace import recording
from tests import shipped

RECURRENT = ["rnn", "lstm", "gru"]
EXACT = {"rtol": 0.0, "atol": 1e-9}


def real(batch, length):
    return torch.ones(batch, length, dtype=torch.bool)


def reach(layer, length):
    """(T, T): how strongly output t (row) depends on input s (column)."""
    x = torch.randn(length, layer.dim, dtype=torch.float64)
    slope = jacobian(lambda v: layer(v[None], real(1, length))[0], x)
    return slope.norm(dim=(1, 3))


def test_engines_stand_in_the_order_of_the_lecture():
    assert [name for name in engines.ENGINES if name in shipped.ENGINES] == shipped.ENGINES


def test_nothing_that_ships_is_missing():
    assert set(shipped.ENGINES) <= set(engines.ENGINES) and set(shipped.TASKS) <= set(tasks.TASKS)


def test_an_unknown_engine_is_answered_with_those_there_are():
    with pytest.raises(UserError) as told:
        engines.get("perceptron")
    for sentence in (told.value.words.ko, told.value.words.en):
        assert "perceptron" in sentence and "mamba" in sentence


def test_independent_has_a_block_diagonal_jacobian(layer_of):
    slope = reach(layer_of("independent"), 5)
    assert torch.equal(slope != 0, torch.eye(5, dtype=torch.bool))


@pytest.mark.parametrize("causal, back, ahead", [(False, 4, 4), (True, 8, 0)])
def test_convolution_sees_exactly_its_window(causal, back, ahead, layer_of):
    slope = reach(layer_of("conv", causal=causal, kernel=5, depth=2), 20)
    gap = torch.arange(20)[:, None] - torch.arange(20)
    assert torch.equal(slope != 0, (gap <= back) & (-gap <= ahead))


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("name", [n for n in engines.ENGINES if n not in ("independent", "conv")])
def test_the_others_see_all_the_past_and_the_future_only_where_they_may(name, causal, layer_of):
    slope = reach(layer_of(name, causal=causal), 6)
    past = torch.ones(6, 6, dtype=torch.bool).tril()
    assert (slope[past] > 0).all()
    sees_ahead = not causal and name in ("attention", "transformer")
    assert (slope[~past] > 0).all() if sees_ahead else (slope[~past] == 0).all()


@pytest.mark.parametrize(
    "options", [{}, {"both_ways": True}, {"both_ways": True, "depth": 3}, {"reads": True, "causal": True}], ids=str
)
@pytest.mark.parametrize("name", RECURRENT)
def test_fused_equals_unrolled(name, options, layer_of, noise):
    layer, x = layer_of(name, **options), noise(3, 6, 8)
    mask = torch.arange(6) < torch.tensor([[6], [2], [4]])
    memory = Memory(noise(3, 5, 8), mask[:, :5]) if options.get("reads") else None
    fused = layer(x, mask, memory)
    with recording("state") as record:
        unrolled = layer(x, mask, memory)
    assert len(record.of("state")) > 0
    assert torch.allclose(fused, unrolled, **EXACT)


@pytest.mark.parametrize("name, reference", [("rnn", nn.RNNCell), ("lstm", nn.LSTMCell), ("gru", nn.GRUCell)])
def test_a_step_equals_the_cell_of_torch(name, reference, layer_of, noise):
    layer, x = layer_of(name, depth=1), noise(4, 8)
    cell = reference(8, 8).double()
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in layer.fused.state_dict().items()})
    before = tuple(noise(1, 4, 8) for _ in range(layer.parts))
    flat = tuple(part[0] for part in before)
    expected = cell(x, flat if layer.parts > 1 else flat[0])
    h, after = layer.step(x, before)
    expected = expected if layer.parts > 1 else (expected,)
    assert torch.allclose(h, expected[0], **EXACT)
    assert all(torch.allclose(mine[0], theirs, **EXACT) for mine, theirs in zip(after, expected, strict=True))


@pytest.mark.parametrize("name", [*RECURRENT, "attention"])
def test_both_ways_reads_ahead_and_never_the_padding(name, layer_of, noise):
    layer, x = layer_of(name, both_ways=True), noise(1, 6, 8)
    mask = torch.arange(6)[None] < 4
    out = layer(x, mask)
    ahead, padding = x.clone(), x.clone()
    ahead[:, 3], padding[:, 4:] = noise(8), noise(2, 8)
    assert (out - layer(ahead, mask)).abs()[:, 0].max() > 1e-6
    assert torch.allclose(out[:, :4], layer(padding, mask)[:, :4], **EXACT)


@pytest.mark.parametrize("name", RECURRENT)
def test_a_stack_reads_both_ways_on_every_level_and_never_the_padding(name, layer_of, noise):
    layer, x = layer_of(name, both_ways=True, depth=2), noise(1, 6, 8)
    mask = torch.arange(6)[None] < 4
    padding = torch.cat([x[:, :4], noise(1, 2, 8)], 1)
    assert torch.allclose(layer(x, mask)[:, :4], layer(padding, mask)[:, :4], **EXACT)
    assert (reach(layer, 4) > 0).all()
    (first, above), levels = (layer, layer.above), [layer_of(name, both_ways=True, depth=1) for _ in range(2)]
    for level, part in zip(levels, (first, above), strict=True):
        level.load_state_dict({k: v for k, v in part.state_dict().items() if not k.startswith("above.")})
    assert torch.allclose(layer(x, mask), levels[1](levels[0](x, mask), mask), **EXACT)
    with recording("state") as record:
        layer(x, mask)
    assert len(record.of("state")) == 2 * 2 * 6 * layer.parts
    with recording("states") as record:
        layer(x, mask)
    names = [where for where, _ in record.of("states") if " h" in where]
    assert names == ["layer 0 h", "layer 0 h ←", "layer 1 h", "layer 1 h ←"]


@pytest.mark.parametrize("name", RECURRENT)
def test_a_decoder_never_reads_both_ways(name, layer_of):
    slope = reach(layer_of(name, both_ways=True, depth=2, causal=True), 5)
    assert (slope[~torch.ones(5, 5, dtype=torch.bool).tril()] == 0).all()


def test_flip_turns_the_real_steps_only():
    x = torch.arange(8.0).view(2, 4, 1)
    mask = torch.tensor([[True, True, True, False], [True, False, False, False]])
    assert flip(x, mask).squeeze(-1).tolist() == [[2, 1, 0, 3], [4, 5, 6, 7]]


def test_a_decoder_starts_from_the_last_real_state_of_x(layer_of, noise):
    memory = Memory(noise(2, 5, 8), torch.tensor([[True] * 5, [True] * 2 + [False] * 3]))
    for name in RECURRENT:
        for part in layer_of(name, causal=True, reads=True).start(memory, 2):
            assert all(
                torch.equal(level, torch.stack([memory.states_BSD[0, 4], memory.states_BSD[1, 1]])) for level in part
            )


def test_an_lstm_begins_with_an_open_forget_gate():
    fresh = engines.get("lstm").layer(8, causal=True, reads=False, forget_bias=3.0)
    both = fresh.fused.bias_ih_l0 + fresh.fused.bias_hh_l0
    assert torch.allclose(both[8:16], torch.tensor(3.0))


def lag_decay(name, **options):
    """‖∂L/∂h_0‖ / ‖∂L/∂h_T‖ over 40 steps of noise, fresh weights, loss = a random projection of the last state."""
    torch.manual_seed(0)
    layer = engines.get(name).layer(32, causal=True, reads=False, **options)
    with recording("state") as record:
        out = layer(torch.randn(8, 40, 32), real(8, 40))
    states = [h for where, h in record.of("state") if where.endswith("h")]
    slopes = torch.autograd.grad((out[:, -1] @ torch.randn(32)).sum(), states)
    return float(slopes[0].norm() / slopes[-1].norm())


def test_the_gradient_of_a_plain_rnn_vanishes_and_an_open_gate_keeps_it():
    assert lag_decay("rnn") < 1e-6
    assert lag_decay("lstm", forget_bias=0.0) < 1e-6
    assert lag_decay("lstm", forget_bias=3.0) > 1e-2


@pytest.mark.parametrize("name", RECURRENT)
def test_states_are_recorded_inside_the_loop_and_not_beside_it(name, layer_of, noise):
    layer, x, direction = layer_of(name, depth=1, causal=True), noise(1, 6, 8), noise(8)
    stacked = layer(x, real(1, 6))
    (side_exit,) = torch.autograd.grad((stacked[0, -1] @ direction), stacked)
    assert (side_exit[0, :-1] == 0).all() and (side_exit[0, -1] != 0).any()
    with recording("state") as record:
        out = layer(x, real(1, 6))
    states = [h for where, h in record.of("state") if where.endswith("h")]
    slopes = torch.autograd.grad(out[0, -1] @ direction, states)
    assert len(slopes) == 6 and all(slope.norm() > 0 for slope in slopes)


def attention_inputs(noise, length=5):
    q, k, v = (noise(2, 2, length, 4) for _ in range(3))
    return q, k, v, torch.arange(length) < torch.tensor([[length], [2]])


@pytest.mark.parametrize("causal", [False, True])
def test_explicit_attention_equals_the_fused_kernel(causal, noise):
    q, k, v, mask = attention_inputs(noise)
    fused = attend(q, k, v, mask_BS=mask, causal=causal)
    with recording("attention") as record:
        explicit = attend(q, k, v, mask_BS=mask, causal=causal, where="here")
    assert record.of("attention")[0][0] == "here"
    assert torch.allclose(fused, explicit, **EXACT)


@pytest.mark.parametrize("causal", [False, True])
def test_attention_weights_sum_to_one_and_what_is_masked_is_exactly_zero(causal, noise):
    q, k, v, mask = attention_inputs(noise)
    with recording("attention") as record:
        context = attend(q, k, v, mask_BS=mask, causal=causal)
    ((_, weights),) = record.of("attention")
    visible = real(5, 5).tril().expand(2, 2, 5, 5) if causal else mask[:, None, None].expand(2, 2, 5, 5)
    assert torch.allclose(weights.sum(-1), torch.ones(2, 2, 5, dtype=torch.float64), **EXACT)
    assert torch.equal(weights > 0, visible)
    assert torch.allclose(weights @ v, context, **EXACT)


def test_attention_is_softmax_of_the_scaled_products(noise):
    q, k, v, _ = attention_inputs(noise)
    expected = torch.einsum("bhtp,bhsp->bhts", q, k).div(2).softmax(-1) @ v
    assert torch.allclose(attend(q, k, v), expected, **EXACT)


def bahdanau(layer, x, memory):
    """(weights (T, S), outputs (T, D)) of Bahdanau et al. 2015, written a second time for one row."""
    cell = nn.GRUCell(16, 8).double()
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in layer.gru.state_dict().items()})
    h, s, weights, outputs = memory[0], memory[0, -1], [], []
    for step in x[0]:
        energy = torch.tanh(layer.query(s) + layer.key(h)) @ layer.score.weight[0]
        weights.append(energy.softmax(0))
        context = weights[-1] @ h
        s = cell(torch.cat([step, context]), s)
        outputs.append(torch.tanh(layer.join(torch.cat([s, context]))))
    return torch.stack(weights), torch.stack(outputs)


def test_bahdanau_attends_with_the_previous_state(layer_of, noise):
    layer, x, states = layer_of("attention", causal=True, reads=True), noise(1, 4, 8), noise(1, 5, 8)
    with recording("attention") as record:
        out = layer(x, real(1, 4), Memory(states, real(1, 5)))
    weights = torch.cat([w[0, 0] for _, w in record.of("attention")])
    expected_weights, expected = bahdanau(layer, x, states)
    assert torch.allclose(weights, expected_weights, **EXACT)
    assert torch.allclose(out[0], expected, **EXACT)


def test_attention_never_looks_at_the_padding_of_its_memory(layer_of, noise):
    mask = torch.tensor([[True, True, False, False]])
    for name in ("attention", "transformer"):
        with recording("attention") as record:
            layer_of(name, causal=True, reads=True)(noise(1, 3, 8), real(1, 3), Memory(noise(1, 4, 8), mask))
        reads = [w for where, w in record.of("attention") if where.endswith("reads")]
        assert reads and all((w[..., 2:] == 0).all() and (w[..., :2] > 0).all() for w in reads)


def test_the_transformer_looks_at_its_own_padding_with_exactly_zero(layer_of, noise):
    with recording("attention") as record:
        layer_of("transformer")(noise(1, 4, 8), torch.tensor([[True, True, True, False]]))
    marks = record.of("attention")
    assert [where for where, _ in marks] == ["block 0 self", "block 1 self"]
    assert all((w[..., 3] == 0).all() and (w[..., :3] > 0).all() for _, w in marks)


def test_rotary_positions_are_relative(noise):
    q, k = noise(1, 1, 1, 8), noise(1, 1, 1, 8)

    def product(t, s):
        return (rotate(q, t) * rotate(k, s)).sum()

    assert torch.allclose(product(5, 2), product(105, 102), **EXACT)
    assert (product(5, 2) - product(5, 3)).abs() > 1e-3
    assert (product(5, 2) - product(2, 5)).abs() > 1e-3


def test_rotary_positions_go_on_from_where_they_stopped(noise):
    x = noise(1, 2, 6, 5)
    assert torch.allclose(rotate(x, 3)[:, :, 2:], rotate(x[:, :, 2:], 5), **EXACT)
    assert torch.allclose(rotate(x).norm(dim=-1), x.norm(dim=-1), **EXACT)
    assert torch.equal(rotate(x)[:, :, 0], x[:, :, 0])


@pytest.mark.parametrize("length", [1, 3, 4, 5, 8, 11])
def test_mamba_in_chunks_equals_its_recurrence(length, layer_of, noise, monkeypatch):
    monkeypatch.setattr(mamba, "CHUNK", 4)
    layer, x = layer_of("mamba", causal=True), noise(2, length, 8)
    state, stepped = layer.start(None, 2), []
    for now in x.unbind(1):
        h, state = layer.step(now, state)
        stepped.append(h)
    assert torch.allclose(torch.stack(stepped, 1), layer(x, real(2, length)), **EXACT)


def test_the_chunked_form_is_the_equation_of_the_paper(noise, monkeypatch):
    monkeypatch.setattr(mamba, "CHUNK", 4)
    x, decay, b, c = noise(2, 9, 3, 5), -F.softplus(noise(2, 9, 3)), noise(2, 9, 4), noise(2, 9, 4)
    S, expected = torch.zeros(2, 3, 5, 4, dtype=torch.float64), []
    for t in range(9):
        S = decay[:, t].exp()[..., None, None] * S + torch.einsum("bhp,bn->bhpn", x[:, t], b[:, t])
        expected.append(torch.einsum("bhpn,bn->bhp", S, c[:, t]))
    assert torch.allclose(mamba.chunked(x, decay, b, c), torch.stack(expected, 1), **EXACT)


def test_mamba_chooses_delta_b_and_c_by_its_input(layer_of, noise):
    block = layer_of("mamba").blocks[0]
    (_, seen, delta), (_, other_seen, other_delta) = block.project(noise(8)), block.project(noise(8))
    (_, b, c), (_, other_b, other_c) = block.parts(seen), block.parts(other_seen)
    for mine, other in ((delta, other_delta), (b, other_b), (c, other_c)):
        assert (mine - other).abs().min() > 1e-6
    assert (delta > 0).all()


def test_the_state_of_mamba_fades_and_never_grows(layer_of, noise):
    block, x = layer_of("mamba").blocks[0], noise(1, 8)
    first = mamba.Cell(noise(1, block.K - 1, block.E + 2 * block.N), noise(1, block.H, block.P, block.N))
    empty = first._replace(S=torch.zeros_like(first.S))
    kept = block.step(x, first)[1].S - block.step(x, empty)[1].S
    share = kept / first.S
    assert ((share > 0) & (share < 1)).all()


def test_last_and_mean_of_a_memory_ignore_its_padding(noise):
    states, mask = noise(2, 4, 3), torch.tensor([[True] * 4, [True, True, False, False]])
    memory = Memory(states, mask)
    assert torch.equal(memory.last(), torch.stack([states[0, 3], states[1, 1]]))
    assert torch.allclose(memory.mean(), torch.stack([states[0].mean(0), states[1, :2].mean(0)]), **EXACT)
