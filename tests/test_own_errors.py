"""Held-out pairs and their answers, sifted, counted and kept as CSV."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace

import numpy as np
import pytest

from s2s_demo.custom.error_analysis import (
    HEAD,
    Case,
    CaseFilter,
    confusions,
    csv_line,
    filter_cases,
    make_cases,
    missed_labels,
)
from s2s_demo.prediction import UserError
from s2s_demo.ui.custom import errors

CASES = [
    Case("one", "odd", "odd", 0.99),
    Case("two", "even", "odd", 0.95),
    Case("three hundred", "odd", "even", 0.40),
    Case("four", "even", "odd", 0.60),
    Case("five thousand and six", "even", "even", 0.45),
    Case("seven", "odd", "none", 0.91),
]


def xs(cases):
    return [case.x for case in cases]


def test_the_wrong_ones_come_first_and_among_them_the_surest():
    assert xs(filter_cases(CASES, CaseFilter())) == ["two", "seven", "four", "three hundred"]
    every = filter_cases(CASES, CaseFilter(wrong=False))
    assert xs(every)[:4] == xs(filter_cases(CASES, CaseFilter())) and xs(every)[4:] == ["one", "five thousand and six"]


@pytest.mark.parametrize(
    "sieve, found",
    [
        (CaseFilter(length="short"), {"two"}),
        (CaseFilter(length="long"), {"three hundred"}),
        (CaseFilter(False, length="long"), {"three hundred", "five thousand and six"}),
        (CaseFilter(confidence="sure"), {"two", "seven"}),
        (CaseFilter(confidence="unsure"), {"three hundred"}),
        (CaseFilter(label="even"), {"two", "four"}),
        (CaseFilter(confusion=("even", "odd")), {"two", "four"}),
        (CaseFilter(confusion=("even", "odd"), confidence="sure"), {"two"}),
        (CaseFilter(False, label="odd", confidence="sure"), {"one", "seven"}),
        (CaseFilter(label="nothing"), set()),
    ],
)
def test_a_sieve_keeps_what_fits_all_of_it(sieve, found):
    assert set(xs(filter_cases(CASES, sieve))) == found


def test_thirds_of_equal_lengths_hold_everything_and_none_of_nothing():
    equal = [Case(x, "a", "b", 0.5) for x in "abcdef"]
    assert (
        len(filter_cases(equal, CaseFilter(length="short"))) == len(filter_cases(equal, CaseFilter(length="long"))) == 6
    )
    assert filter_cases([], CaseFilter(length="short")) == confusions([]) == missed_labels([]) == []


def test_confusions_are_counted_the_most_frequent_first():
    assert confusions(CASES) == [(("even", "odd"), 2), (("odd", "even"), 1), (("odd", "none"), 1)]
    assert missed_labels(CASES) == [("even", 2, 3), ("odd", 2, 3)]
    true, taken = errors.label_choices(CASES, "en")
    assert [value for _, value in true] == ["", "even", "odd"] and true[1][0] == "even (2 of 3 wrong)"
    assert taken[1] == ("even → odd (2 times)", json.dumps(["even", "odd"]))
    assert xs(errors.filter_cases(CASES, True, "", "", "", taken[1][1])) == ["two", "four"]


def test_what_is_no_confusion_is_one_sentence():
    with pytest.raises(UserError):
        errors.filter_cases(CASES, True, "", "", "", "{no json")


def test_how_sure_an_answer_is_is_how_sure_its_least_sure_step_is():
    told = [
        SimpleNamespace(y="ab", confidence=np.array([0.9, 0.25, 1.0])),
        SimpleNamespace(y="", confidence=np.array([])),
    ]
    assert make_cases([("x", "ab"), ("z", "c")], told) == [Case("x", "ab", "ab", 0.25), Case("z", "c", "", 0.0)]


def test_a_line_of_csv_is_whole_and_runs_no_formula():
    case = Case('=HYPERLINK("x")\nnext', "@sum, 1", "+1-cmd", 0.12345)
    (row,) = csv.reader(io.StringIO(csv_line(case)))
    assert row == ["'" + case.x, "'" + case.y, "'" + case.answer, "0.1235", "0"] and len(row) == len(HEAD)


def test_the_table_says_how_many_and_finds_text_of_both_sides():
    view = errors.table_data(filter_cases(CASES, CaseFilter()), len(CASES), "en")
    assert view["words"]["count"] == "{n} of 6 pairs"
    assert [column["name"] for column in view["columns"]] == ["x", "y", "Answer", "Sure", "Right"]
    first = view["rows"][0]
    assert first["find"] == "two\neven" and first["look"] == "wrong"
    assert [cell["t"] for cell in first["cells"]] == ["two", "even", "odd", "95%", "✗"]
    assert first["csv"] == first["markdown"] == csv_line(CASES[1])
    long = errors.table_data([Case("x" * 1000, "y", "y", 1.0)], 1, "ko")["rows"][0]
    assert len(long["cells"][0]["t"]) == errors.LONGEST and "x" * 1000 in long["csv"]
