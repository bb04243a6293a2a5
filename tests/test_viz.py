"""Figures from grids made by hand: names on integer places, fixed scales, zero and nothing told apart."""

from __future__ import annotations

import numpy as np

from s2s_demo.figures.curves import Curve, gradient_curves, training_norms
from s2s_demo.figures.heat import DECADES, heat
from s2s_demo.figures.length_map import length_map
from s2s_demo.lenses import LENSES
from s2s_demo.prediction import Grid

TITLES = {"x_title": "in", "y_title": "out", "scale_title": "share", "nowhere": "cannot look"}


def grid(kind, values):
    values = np.array(values, dtype=float)
    rows, columns = values.shape
    return Grid(kind, "here", values, tuple("abcdefgh"[:rows]), tuple("11+11"[:columns]), "unit", LENSES[kind].scale)


def test_repeated_tokens_keep_their_own_columns():
    figure = heat(grid("attention", np.full((2, 5), 0.2)), **TITLES)
    assert list(figure.layout.xaxis.ticktext) == ["1", "1", "+", "1", "1"]
    assert list(figure.layout.xaxis.tickvals) == [0, 1, 2, 3, 4]


def test_attention_has_a_fixed_scale():
    figure = heat(grid("attention", [[0.1, 0.3]]), **TITLES)
    assert (figure.data[1].zmin, figure.data[1].zmax) == (0, 1)


def test_no_path_is_left_out_and_vanished_is_drawn_at_the_bottom():
    figure = heat(grid("gradient", [[1.0, 1e-30, 0.0]]), **TITLES)
    shown = figure.data[1].z[0]
    assert shown[0] == 0 and shown[1] == -DECADES and np.isnan(shown[2])
    assert "cannot look" in figure.data[0].hovertemplate


def test_a_relative_curve_has_its_largest_value_at_one():
    curve = Curve("rnn", "RNN", np.array([1e-9, 1e-4, 0.0]))
    figure = gradient_curves([curve], ("a", "b", "c"), x_title="t", y_title="g", no_path="none", relative=True)
    assert figure.data[0].y[1] == 1 and np.isnan(figure.data[0].y[2])
    assert list(figure.data[1].x) == [2] and figure.data[1].marker.symbol == "triangle-down-open"
    assert figure.layout.yaxis.type == "log"


def test_all_zero_and_empty_curves_draw():
    flat = Curve("independent", "I", np.zeros(3))
    for curves in ([flat], []):
        assert (
            gradient_curves(curves, ("a", "b", "c"), x_title="t", y_title="g", no_path="n", relative=True) is not None
        )


def test_training_norms_are_those_of_the_history():
    history = [{"step": s, "grad_norm": 2.0 * s, "layers": {"head": 1.0 * s}} for s in (1, 2)]
    figure = training_norms(history, x_title="s", y_title="g", total="total", clip="clip", threshold=1.0)
    assert [trace.name for trace in figure.data] == ["head", "total", "clip"]
    assert list(figure.data[1].y) == [2.0, 4.0]


def test_the_map_says_right_over_n_and_outlines_what_was_trained():
    figure = length_map(
        {"+ 1 2": [3, 4], "- 1 1": [1, 1]}, "+", trained=1, x_title="b", y_title="a", outlined="trained"
    )
    assert figure.data[0].z[0][1] == np.float32(0.75) and figure.data[0].text[0][1] == "3 / 4"
    assert np.isnan(figure.data[0].z[0][0]) and figure.layout.shapes[0].x1 == 1.5
