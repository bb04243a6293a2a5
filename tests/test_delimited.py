"""Text with delimiters at the bounds of each guess: which delimiter, a header or none, which quotes, which rows."""

from __future__ import annotations

import pytest

from s2s_demo.custom.reading import delimited
from s2s_demo.custom.reading.delimited import commonest_width, guess_delimiter, is_header, read_delimited
from s2s_demo.prediction import UserError

NUMBERS = [["1", "2"], ["3", "4"]]
WORDS = [["ab", "cd"], ["ef", "gh"]]


def table_of(text, **options):
    """(header, rows, sentences) of a text."""
    table = read_delimited(text, "utf-8", [], **options)
    return table.header, [list(row) for row in table.rows], " ".join(words.en for words in table.notes)


@pytest.mark.parametrize(
    "rows, expected",
    [
        ([], (1, 0)),
        ([["a"], ["b"], []], (1, 2)),
        ([["a", "b"], ["c", "d"], ["e"]], (2, 2)),
        ([["a"]] * 5 + [["a", "b"]], (2, 1)),
        ([["a", "b"], ["a", "b", "c"]], (3, 1)),
    ],
)
def test_rows_are_even_by_the_commonest_number_of_cells_beyond_one(rows, expected):
    assert commonest_width(rows) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a;b\nc;d\n", ";"),
        ("a|b\nc|d\n", "|"),
        ("word\nother\n", ","),
        ("a;b, c\n" * 299 + "a, c\n", ";"),  # 299 and 300 of 300 rows: about as even, and the first wins
        ("a;b\n" * 3 + "word\n" * 7, ";"),
        ("a;b\n" * 2 + "word\n" * 8, ","),
        ("a, b\tc\n" * 3 + "a, b\n" * 2, "\t"),
        ("a, b\tc\n" * 2 + "a, b\n" * 2, ","),
        ("\n  \na;b\n\n\n", ";"),
    ],
)
def test_a_delimiter_is_guessed_by_how_many_rows_it_makes_even(text, expected):
    assert guess_delimiter(text) == expected


def test_a_delimiter_is_guessed_from_whole_rows_of_the_beginning(monkeypatch):
    monkeypatch.setattr(delimited, "SAMPLE", 10)
    assert guess_delimiter("a;b\nc;d\n" + "e,f\n" * 9) == ";", "the half row at the end of the sample counts"
    assert guess_delimiter("a,b\nc;d;e;f;g\n") == ","
    assert guess_delimiter("a;bcdefghijk,l") == ";", "one row longer than the sample"
    monkeypatch.setattr(delimited, "SAMPLE", 1000)
    monkeypatch.setattr(delimited, "ROWS", 2)
    assert guess_delimiter("a;b\nc;d\n" + "e,f\n" * 9) == ";"


HEADERS = {
    "two known names": [["x", "y"], *WORDS],
    "two known names of three": [["x", "y", "zz"], ["ab", "cd", "ef"], ["gh", "ij", "kl"]],
    "a known name, a known name and a blank": [["x", "y", ""], ["ab", "cd", "ef"], ["gh", "ij", "kl"]],
    "known names alone": [["x", "y"]],
    "over two numbers": [["foo", "bar"], *NUMBERS],
    "over numbers, in rows of any width": [["foo", "bar", "baz"], ["1", "2"], ["3"], [], ["5", "6", "7"]],
    "of 40 characters": [["n" * 40, "bar"], *NUMBERS],
    "over labels that come twice in eight": [["kind", "foo"], *([["ab", "cd"][i % 2], f"abc{i}"] for i in range(8))],
    "over text more than three times as long": [["ab", "c7"], *([7 * a, a] for a in "xyz")],
    "of other lengths than all five rows": [["foo", "barbaz"], *([a, a] for a in "abcde")],
    "of other lengths, rows of three aside": [["foo", "barbaz"], *([a, a] for a in "abcde"), ["a", "b", "c"]],
}
NONE = {
    "one name is not known": [["x", "foo"]],
    "nothing sets it apart": [["ab", "ij"], *WORDS],
    "a cell is missing": [["", "bar"], *NUMBERS],
    "it is too long": [["n" * 41, "bar"], *NUMBERS],
    "it comes again": [["x", "y"], ["ab", "cd"], ["x", "y"]],
    "a name stands twice": [["foo", "foo"], *NUMBERS],
    "it is a number itself": [["7", "8"], *NUMBERS],
    "there is one row of numbers": [["foo", "bar"], ["1", "2"]],
    "its label comes again": [["ab", "foo"], *([["ab", "cd"][i % 2], f"abc{i}"] for i in range(8))],
    "seven labels are too few": [["kind", "foo"], *(["ab", f"abc{i}"] for i in range(7))],
    "three labels of eight are too many": [
        ["kind", "foo"],
        *([["ab", "cd", "ef"][i % 3], f"abc{i}"] for i in range(8)),
    ],
    "the text is three times as long": [["ab", "c7"], *([6 * a, a] for a in "xyz")],
    "one text is as short": [["ab", "c7"], ["xx", "x"], ["y" * 20, "y"], ["z" * 20, "z"]],
    "two texts are too few": [["ab", "c7"], *([7 * a, a] for a in "xy")],
    "it is no name": [["ab?", "c7"], *([20 * a, a] for a in "xyz")],
    "its name has a digit": [["a1", "c7"], *([20 * a, a] for a in "xyz")],
    "four rows of equal lengths are too few": [["foo", "barbaz"], *([a, a] for a in "abcd")],
    "it has equal lengths too": [["foo", "bar"], *([a, a] for a in "abcde")],
    "one row has not": [["foo", "barbaz"], *([a, a] for a in "abcde"), ["a", "bc"]],
    "there are three columns": [["foo", "barbaz", "q"], *([a, a, a] for a in "abcde")],
}


@pytest.mark.parametrize("why", HEADERS)
def test_a_first_row_is_a_header(why):
    assert is_header(HEADERS[why]) is True


@pytest.mark.parametrize("why", NONE)
def test_a_first_row_is_no_header_where(why):
    assert is_header(NONE[why]) is False


def test_a_header_is_told_apart_by_the_rows_next_to_it(monkeypatch):
    monkeypatch.setattr(delimited, "ROWS", 2)
    header, rows, said = table_of("foo,bar\n1,2\n3,4\nfoo,bar\n")
    assert header == ("foo", "bar") and len(rows) == 3 and "is the header: foo, bar (guessed)" in said


def test_what_is_given_is_neither_guessed_nor_told():
    header, rows, said = table_of("a;b,c\n1;2,3\n", delimiter=",", header=False)
    assert (header, rows, said) == (("A", "B"), [["a;b", "c"], ["1;2", "3"]], "")
    header, rows, said = table_of("a;b\n1;2\n", header=True)
    assert (header, rows, said) == (("a", "b"), [["1", "2"]], "Delimiter: semicolon (guessed)")
    header, rows, said = table_of("ab;cd\nef;gh\n", delimiter=";")
    assert (header, rows, said) == (("A", "B"), [["ab", "cd"], ["ef", "gh"]], "There is no header row. (guessed)")
    with pytest.raises(UserError, match="empty"):
        table_of(" \n\n")


def test_names_stand_over_their_columns():
    for first, header in (("x;y", ("A", "x", "y")), ("x", ("x", "B", "C")), ("x;y;z", ("x", "y", "z"))):
        assert table_of(f"{first}\n1;2;3\n4;5;6\n7;8;9\n", delimiter=";", header=True)[0] == header


def test_a_blank_line_is_a_break_before_the_row_below_it_unless_that_is_the_first():
    for text, header in (("\n\na;b\n\nc;d\ne;f\n;\ng;h\n", False), ("x;y\n\na;b\n\n\nc;d\ne;f\n\ng;h\n", True)):
        table = read_delimited(text, "utf-8", [], delimiter=";", header=header)
        assert table.rows == (("a", "b"), ("c", "d"), ("e", "f"), ("g", "h")) and table.breaks == (1, 3)


def test_only_so_many_rows_are_read_and_only_then_it_is_told(monkeypatch):
    monkeypatch.setattr(delimited, "MOST_ROWS", 3)
    for count, told in ((3, False), (4, True), (9, True)):
        for quote in ("", '"'):
            _, rows, said = table_of(f"{quote}a{quote};b\n" * count, delimiter=";", header=False)
            assert len(rows) == 3 and ("first 3 rows" in said) is told


def test_rows_of_another_width_are_filled_or_left_out_and_told():
    _, rows, said = table_of("a;b\nc\n\nd;e;f\ng;h;;\ni\nj;k\n", delimiter=";", header=False)
    assert rows == [["a", "b"], ["c", ""], ["g", "h"], ["i", ""], ["j", "k"]]
    assert "Row 2 has fewer than 2 cells" in said and "(Such rows: 2)" in said
    assert "Row 4 has more than 2 cells and is left out. (Such rows: 1)" in said
    assert table_of("a;b\nc;d\n", delimiter=";", header=False)[2] == ""


LETTERS, PLACE = "Quotes are read as letters.", "Some quotes are out of place."


@pytest.mark.parametrize(
    "text, delimiter, rows, said",
    [
        ('"a;b";c\n"d";e\n', ";", [["a;b", "c"], ["d", "e"]], ""),
        ('a; "b;c"\nd; "e"\n', ";", [["a", "b;c"], ["d", "e"]], ""),
        ('"a \\"b\\"; c";d\n"e";f\n', ";", [['a "b"; c', "d"], ["e", "f"]], ""),
        ('"a ""b""";c\nd;e\n', ";", [['a "b"', "c"], ["d", "e"]], ""),
        ('"a\nb";c\nd;e\n', ";", [["a\nb", "c"], ["d", "e"]], ""),
        ('"a;b\nc";d\ne;f\n', ";", [['"a', "b"], ['c"', "d"], ["e", "f"]], LETTERS),
        ('"a;b\nc;d\n', ";", [['"a', "b"], ["c", "d"]], LETTERS),
        ('"a" b;c\nd;e\n', ";", [["a b", "c"], ["d", "e"]], PLACE),
        ('"a" b\tc\nd\te\n', "\t", [['"a" b', "c"], ["d", "e"]], LETTERS),
        ('"a" b;"c;d"\ne;f\n', ";", [["a b", "c;d"], ["e", "f"]], PLACE),
        ('"a" b\t"c\td"\ne\tf\n', "\t", [["a b", "c\td"], ["e", "f"]], PLACE),
    ],
)
def test_quotes_are_read_the_way_that_leaves_the_rows_even(text, delimiter, rows, said):
    assert table_of(text, delimiter=delimiter, header=False)[1:] == (rows, said)


def test_a_cell_without_end_is_refused_by_its_row():
    with pytest.raises(UserError, match=r"Row 2 has a cell of more than 131,072 characters"):
        table_of("a;b\n" + "x" * 140_000 + ";y\n", delimiter=";")
