"""Heads, attention interventions, agreement of lenses, and decoding step by step."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from s2s_demo import lenses
from s2s_demo.explain import END, predict
from s2s_demo.lab.attention import agreement, heads
from s2s_demo.lab.decoding import stepwise
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid
from s2s_demo.task import Approach, Shape
from s2s_demo.trace import editing, recording
from tests.conftest import CELLS

ATTENDING = ["attention", "transformer"]


def grid(values, kind="attention"):
    values = np.array(values, dtype=float)
    rows, columns = (tuple(str(i) for i in range(n)) for n in values.shape)
    return Grid(kind, "here", values, rows, columns, "share of 1")


def answered(model, text="bdace"):
    (answer,) = predict(model, [text], look=True)
    return answer


def test_a_hand_set_alignment_has_one_and_an_even_one_its_share(toy_model):
    answer = answered(toy_model(Shape.N2N, "rnn"))
    assert agreement.fraction_on_alignment(grid(np.eye(5)), answer, range(5)) == 1.0
    assert agreement.fraction_on_alignment(grid(np.full((5, 5), 0.2)), answer, range(5)) == pytest.approx(1 / 5)
    assert agreement.fraction_on_alignment(grid(np.eye(5)[::-1]), answer, range(5)) == pytest.approx(1 / 5)
    assert agreement.fraction_on_alignment(grid(np.eye(5)[::-1]), answer, range(4, -1, -1)) == 1.0
    assert agreement.fraction_on_alignment(grid(np.eye(5)), answer, [0, 1, 0]) == pytest.approx(2 / 3), (
        "rows beyond it are not counted"
    )


@pytest.mark.parametrize(
    "a, b, tau",
    [([1, 2, 3, 4], [4, 3, 2, 1], -1), ([1, 2, 3, 4], [1, 2, 4, 3], 4 / 6), ([1, 1, 2], [1, 2, 3], 2 / 6**0.5)],
)
def test_kendall_counts_pairs_and_ties(a, b, tau):
    assert agreement.kendall_tau(np.array(a), np.array(b)) == pytest.approx(tau)
    assert np.isnan(agreement.kendall_tau(np.array(a), np.ones(len(a))))


def test_a_lens_agrees_with_itself_and_not_with_its_opposite(toy_model):
    answer = answered(toy_model(Shape.N2N, "transformer"))
    gradient = answer.trace.of("gradient")[0]
    opposite = replace(gradient, values=1 / gradient.values)
    assert agreement.mean_kendall_tau(gradient, gradient, answer) == pytest.approx(1)
    assert agreement.mean_kendall_tau(gradient, opposite, answer) == pytest.approx(-1)


def test_only_steps_that_both_lenses_have_a_path_to_are_ranked(toy_model):
    answer = answered(toy_model(Shape.N2N, "rnn"))
    rising = np.tile(np.arange(1.0, 6.0), (5, 1))
    without = rising.copy()
    without[:, 3:] = np.nan  # read as 0 they would turn the ranking
    assert agreement.mean_kendall_tau(grid(rising), grid(without), answer) == pytest.approx(1)


def test_read_one_step_later_row_k_is_that_of_the_step_fed_with_it(toy_model):
    attention = answered(toy_model(Shape.N2M, "attention")).trace.of("attention")[0]
    later = agreement.shifted_to_fed_step(attention)
    np.testing.assert_array_equal(later.values[:-1], attention.values[1:])
    assert np.isnan(later.values[-1]).all() and later.rows == attention.rows and later.where != attention.where


def test_columns_beside_x_do_not_count(toy_model):
    model = toy_model(Shape.LM, "transformer")
    answer = answered(model)
    attention = answer.trace.of("attention")[0]
    assert attention.columns[0] == lenses.BEGIN
    assert agreement.magnitudes_on_x(attention, answer).shape == (len(answer.y_pieces), 5)
    np.testing.assert_array_equal(agreement.magnitudes_on_x(attention, answer), attention.values[:, 1:6].astype(float))


def test_a_head_is_described_by_what_its_weights_do():
    one, even = heads.head_statistics(grid(np.eye(4))), heads.head_statistics(grid(np.full((4, 4), 0.25)))
    assert (one.entropy, one.diagonal, one.previous, one.first) == (0, 1, 0, 0.25)
    assert (even.entropy, even.diagonal) == (pytest.approx(1), 0.25)
    shifted = np.zeros((4, 4))
    shifted[0, 0] = shifted[1, 0] = shifted[2, 1] = shifted[3, 2] = 1
    assert heads.head_statistics(grid(shifted)).previous == 1


def test_a_row_of_a_stream_stands_at_the_step_that_is_fed():
    causal = np.array([[0, 0, 1, np.nan, np.nan], [0, 0, 0, 1, np.nan], [0, 0, 0, 1, 0]], dtype=float)
    head = heads.head_statistics(grid(causal))
    assert head.diagonal == pytest.approx(2 / 3) and head.previous == pytest.approx(1 / 2)


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.engine in ATTENDING], ids=str)
def test_broken_rows_are_still_shares_of_one(model, cell):
    answer = answered(model)
    for way in heads.WAYS:
        with recording("attention") as record, editing("attention", heads.AttentionIntervention(way, None, 1, 1)):
            predict(model, ["bdace"])
        for _, weight in record.of("attention"):
            torch.testing.assert_close(weight.sum(-1), torch.ones_like(weight.sum(-1)))
        found = heads.intervene(model, answer, way, row=0, column=0)
        assert ((found.total_variation >= 0) & (found.total_variation <= 1)).all()


def test_permuted_attention_looks_at_nothing_it_could_not_see():
    weight = torch.rand(1, 1, 6, 6).tril()
    weight = weight / weight.sum(-1, keepdim=True)
    permuted = heads.permute_weights(weight, weight > 0)
    assert (permuted.triu(1) == 0).all()
    assert torch.equal(permuted.sort(-1).values, weight.sort(-1).values)
    assert not torch.equal(permuted, weight)


@pytest.mark.parametrize("approach", [Approach.ENCODER_DECODER, Approach.DECODER_ONLY])
def test_attention_permuted_and_put_back_is_bit_equal(approach, toy_model):
    model = toy_model(Shape.N2M, "transformer", approach)
    x = model.x_codec.encode("bdace")[None]
    told = x, torch.ones_like(x, dtype=torch.bool), torch.tensor([answered(model).symbols])

    def turned(where, weight):
        return weight.flip(-1)

    with editing("attention", lambda where, weight: weight):
        plain = model(*told)
    with editing("attention", turned):
        assert not torch.equal(model(*told), plain)
    with editing("attention", lambda where, weight: turned(where, turned(where, weight))):
        assert torch.equal(model(*told), plain)


def test_one_edited_cell_moves_its_own_row_alone(toy_model):
    for shape, approach in ((Shape.N2N, Approach.ENCODER_ONLY), (Shape.N2M, Approach.DECODER_ONLY)):
        model = toy_model(shape, "transformer", approach)
        last = f"block {len(model.wiring.layer.blocks) - 1} self"
        answer = answered(model)
        moved = heads.intervene(model, answer, "cell", (last, 0), row=1, column=0).total_variation
        assert moved[1] > 1e-6
        np.testing.assert_allclose(np.delete(moved, 1), 0, atol=1e-12)


def test_what_a_break_moves_is_the_total_variation(toy_model):
    model = toy_model(Shape.N2N, "transformer")
    answer = answered(model)
    x = model.x_codec.encode(answer.x)[None]
    told = x, torch.ones_like(x, dtype=torch.bool), torch.tensor([answer.symbols])
    with torch.no_grad():
        whole = model(*told)[0].softmax(-1)
        with editing("attention", heads.AttentionIntervention("uniform", None, 0, 0)):
            less = model(*told)[0].softmax(-1)
    most = (
        (whole - less).clamp(min=0).sum(-1)
    )  # what one distribution has above the other, equal to half of all differences
    np.testing.assert_allclose(heads.intervene(model, answer, "uniform").total_variation, most.numpy(), atol=1e-6)
    assert most.max() > 1e-4


def test_an_edited_cell_reaches_the_free_running_answer(toy_model):
    model = toy_model(Shape.N2M, "transformer", Approach.DECODER_ONLY)
    place, seen = "block 0 self", {}
    for name, edit in (("plain", lambda where, w: w), ("cell", heads.AttentionIntervention("cell", (place, 0), 6, 0))):
        with recording("attention") as record, editing("attention", edit):
            predict(model, ["bdace"])
        seen[name] = [w for where, w in record.of("attention") if where == place]
    differ = [i for i, (a, b) in enumerate(zip(seen["plain"], seen["cell"], strict=False)) if not torch.equal(a, b)]
    assert differ[0] == 6
    assert seen["cell"][6][0, 0, 0, 0] == 1 and seen["cell"][6][0, 1, 0, 0] != 1


def test_an_edit_ends_with_its_block_and_is_seen_by_nobody_else(toy_model):
    model = toy_model(Shape.N2N, "transformer")
    before = answered(model)
    heads.intervene(model, before, "uniform")
    after = answered(model)
    np.testing.assert_array_equal(before.confidence, after.confidence)
    assert all(np.array_equal(a.values, b.values) for a, b in zip(before.trace.grids, after.trace.grids, strict=True))


def test_a_head_without_weight_says_nothing(toy_model):
    model = toy_model(Shape.N2N, "transformer")
    x = model.x_codec.encode("bdace")[None]
    told = x, torch.ones_like(x, dtype=torch.bool), x
    with recording("attention") as record, editing("attention", heads.zero_head("block 0 self", 1)):
        less = model(*told)
    first = dict(record.of("attention"))["block 0 self"]
    assert (first[:, 1] == 0).all() and (first[:, 0] > 0).all()
    assert not torch.allclose(less, model(*told))


def test_an_ablation_scores_the_same_examples_twice(toy_model, toy_task):
    found = heads.ablate(toy_model(Shape.N2N, "transformer"), toy_task(Shape.N2N), "block 0 self", 0, n=3)
    assert found.n == 3 and 0 <= found.without <= 1 and 0 <= found.changed <= 1
    nothing = heads.ablate(toy_model(Shape.N2N, "transformer"), toy_task(Shape.N2N), "no such place", 0, n=3)
    assert nothing.changed == 0 and nothing.whole == nothing.without


def log_p_of(model: Seq2Seq, x: str, symbols: list[int]) -> float:
    x_BS, y_BM = model.x_codec.encode(x)[None], torch.tensor([symbols])
    share = model(x_BS, torch.ones_like(x_BS, dtype=torch.bool), y_BM).softmax(-1)[0]
    return float(share[torch.arange(len(symbols)), symbols].log().sum().detach())


@pytest.mark.parametrize("engine", ["gru", "attention", "transformer", "mamba"])
@pytest.mark.parametrize("approach", [Approach.ENCODER_DECODER, Approach.DECODER_ONLY])
def test_a_beam_of_one_is_greedy_and_its_log_p_is_the_models(engine, approach, toy_model):
    model = toy_model(Shape.N2M, engine, approach)
    answer = answered(model)
    steps = stepwise.beams(model, "bdace", 1)
    assert steps[-1][0].pieces == answer.y_pieces
    assert steps[-1][0].log_p == pytest.approx(log_p_of(model, "bdace", list(answer.symbols)), abs=1e-4)


def test_a_wide_beam_finds_the_likeliest_of_all_short_answers(new_model):
    model = new_model(Shape.N2M, "gru").double().eval()
    width = model.y_codec.size**2
    best = max((beam for beam in stepwise.beams(model, "ab", width)[1]), key=lambda one: one.log_p)
    symbols = range(2, model.y_codec.size)
    brute = max(log_p_of(model, "ab", [a, b]) for a in symbols for b in symbols if a not in (2, 3) and b != 3)
    ended = log_p_of(model, "ab", [2])
    assert best.log_p == pytest.approx(max(brute, ended), abs=1e-6)


def test_beams_are_sorted_and_an_ended_one_stays(toy_model):
    model = toy_model(Shape.N2M, "lstm")
    steps = stepwise.beams(model, "bdace", 3)
    for length, (before, after) in enumerate(pairwise(steps), 2):
        assert [b.log_p for b in after] == sorted((b.log_p for b in after), reverse=True)
        ended = [b for b in before if b.ended and b.log_p > after[-1].log_p]
        assert all(b in after for b in ended)
        assert all(len(b.pieces) == length or b.ended for b in after)


def test_the_true_past_is_fed_whatever_the_model_would_say(toy_model):
    model = toy_model(Shape.N2M, "transformer")
    steps = stepwise.teacher_forced(model, "bdace", "wvu")
    assert [step.truth for step in steps] == ["w", "v", "u", END]
    x, y = model.x_codec.encode("bdace")[None], torch.tensor([[*model.y_codec.encode("wvu").tolist(), 2]])
    share = model(x, torch.ones_like(x, dtype=torch.bool), y).softmax(-1)[0].detach()
    assert [s.p for s in steps] == pytest.approx([float(p) for p in share[torch.arange(4), y[0]]], rel=1e-4)
    assert all(len(step.top) == 5 and step.top[0][1] >= step.p for step in steps)
