"""One visitor's pairs, from what was read to a plan: first step of the tab, as plain functions; no component is named here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from s2s_demo.custom import data_checks, examples, tokenization
from s2s_demo.custom import windows as stepwise
from s2s_demo.custom.plan import Plan, guess_plan, label_unit, task_from_plan
from s2s_demo.custom.reading import hub, pairs
from s2s_demo.custom.reading.columns import guess_columns
from s2s_demo.custom.reading.table import Table
from s2s_demo.custom.time_series import default_series_columns, guess_series_columns
from s2s_demo.custom.windows import SeriesColumns
from s2s_demo.task import Pair, Shape
from s2s_demo.ui.custom.text import cell, escape_markdown, run_lengths
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import both, mistake, said

PREVIEW, MOST_CUT = 8, 40


@dataclass(frozen=True)
class CustomData:
    """One visitor's pairs so far. table: as read; columns: those of x and y in it. plan: the shape and the steps, and why.

    steps: the columns of a table in which a row is a step; None where a row is a pair.
    """

    table: Table
    columns: tuple[int, int]
    pairs: tuple[Pair, ...]
    plan: Plan
    series: SeriesColumns | None = None


@user_errors_only
def read_input(text: str, path: str | None) -> CustomData:
    """The pairs in a file, or in a pasted text where there is none.

    Raises:
        UserError: with the sentence to show.
    """
    return from_table(pairs.read_file(path) if path else pairs.read_pasted(text))


@user_errors_only
def from_table(table: Table) -> CustomData:
    """The pairs of a table, a row being a step or a pair, whichever seems likelier.

    Raises:
        UserError: with the sentence to show.
    """
    steps = guess_series_columns(table)
    return from_series(table, steps) if steps else from_columns(table, *guess_columns(table))


@user_errors_only
def from_series(table: Table, steps: SeriesColumns, shape: Shape | None = None) -> CustomData:
    """The pairs of a table in which a row is a step.

    Raises:
        UserError: the columns do not fit, with the sentence to show.
    """
    found, plan = stepwise.series_to_pairs(table, steps, shape)
    return CustomData(table, guess_columns(table), tuple(found), plan, steps)


@user_errors_only
def with_columns(mine: CustomData, numbers: list[int], sequence: int, x: int, y: int) -> CustomData:
    """The pairs of the same table by other columns; one that is chosen for something new is no longer a number of x.

    Raises:
        UserError: the columns do not fit, with the sentence to show.
    """
    if mine.series is None:
        return from_columns(mine.table, int(x), int(y))
    kept = tuple(sorted(int(i) for i in numbers if i not in (y, sequence)))
    return from_series(mine.table, SeriesColumns(kept, int(y), int(sequence)))


@user_errors_only
def with_rows_as(mine: CustomData, what: str) -> CustomData:
    """The same table with its rows read as "step" or as "pair".

    Raises:
        UserError: it has no columns for that.
    """
    if what == "pair":
        return from_columns(mine.table, *mine.columns)
    steps = guess_series_columns(mine.table) or default_series_columns(mine.table)
    return from_series(mine.table, steps)


@user_errors_only
def load_example(name: str) -> CustomData:
    """The pairs of a ready example."""
    found = examples.EXAMPLES[name].pairs()
    return from_columns(Table(("x", "y"), tuple(found), "", "", (examples.EXAMPLES[name].about,)), 0, 1)


@user_errors_only
def load_dataset(name: str) -> CustomData:
    """The pairs of a dataset of the Hub, fetched because the visitor asks for it now.

    Raises:
        UserError: there is no such set, it is too large, or there is no connection.
    """
    return from_table(hub.read_dataset(name.strip()))


@user_errors_only
def from_columns(table: Table, x: int, y: int) -> CustomData:
    """The pairs of two columns of a table, and the likeliest plan for them.

    Raises:
        UserError: with the sentence to show.
    """
    found = pairs.to_pairs(table, x, y)
    return CustomData(table, (x, y), tuple(found), pairs.with_features(guess_plan(found), table))


@user_errors_only
def with_plan(mine: CustomData, shape: str | None, by_x: str | None, by_y: str | None) -> CustomData:
    """The same pairs under a plan the visitor chose; a step that the shape does not offer becomes a character, of a label a word.

    Raises:
        UserError: the pairs do not fit it.
    """
    reason = both("own.chosen")
    # what is not chosen stays as it was
    shape, by_x, by_y = shape or mine.plan.shape.name, by_x or mine.plan.by_x, by_y or mine.plan.by_y
    if mine.series:
        found = from_series(mine.table, mine.series, Shape[shape])
        by_y = by_y if by_y in tokenization.units_for(Shape[shape])[1] else "word"
        plan = replace(found.plan, by_x="numbers", by_y=by_y, reason=reason)
        task_from_plan(list(found.pairs), plan)
        return replace(found, plan=plan)
    ways_x, ways_y = tokenization.units_for(Shape[shape])
    by_x = "char" if by_x == "subword" and by_x not in ways_x else by_x
    becomes_label = shape == "N21" and mine.plan.shape is not Shape.N21
    if becomes_label or by_y not in ways_y:  # what a step of y was before says nothing of this shape
        by_y = label_unit([y for _, y in mine.pairs]) if shape == "N21" else "char"
    plan = pairs.with_features(Plan(Shape[shape], by_x, by_y, reason), mine.table)
    task_from_plan(list(mine.pairs), plan)
    return replace(mine, plan=plan)


@user_errors_only
def reading_notes(mine: CustomData, lang: str) -> str:
    """What was read and guessed, one line each, as text that is safe in Markdown."""
    count = said("own.count", lang, n=len(mine.pairs), columns=len(mine.table.header))
    more = stepwise.series_notes(mine.table, mine.series, list(mine.pairs)) if mine.series else []
    return "\n".join(
        f"- {escape_markdown(line)}" for line in (count, *(words.say(lang) for words in (*mine.table.notes, *more)))
    )


@user_errors_only
def preview(mine: CustomData) -> list[list[str]]:
    """The first pairs."""
    told = run_lengths if mine.plan.numbers and mine.plan.shape is Shape.N2N else cell
    return [[cell(x), told(y)] for x, y in mine.pairs[:PREVIEW]]


@user_errors_only
def tokenization_preview(mine: CustomData, lang: str) -> str:
    """How the first pair will be cut into steps, a line a side, as text that is safe in Markdown."""
    lines = []
    for side, text, cutter in zip(
        "xy", mine.pairs[0], tokenization.tokenizers(list(mine.pairs), mine.plan), strict=True
    ):
        steps = cutter(text)
        shown = " | ".join("␣" if step == " " else step for step in steps[:MOST_CUT]) + (
            " | …" if steps[MOST_CUT:] else ""
        )
        lines.append(said("own.cut", lang, side=f"**{side}**", n=len(steps), pieces=escape_markdown(shown)))
    return "  \n".join(lines)


@user_errors_only
def issue_rows(mine: CustomData, lang: str) -> tuple[list[list[str]], list[tuple[str, str]]]:
    """Rows (what, how many, example) of the data doctor, and (label, kind) of what can be mended with a click: what is wrong, and
    what the click does to how many pairs."""
    before = list(mine.pairs)
    found = data_checks.find_issues(before, mine.plan)
    rows = [[one.words.say(lang), f"{one.count:,}", cell(one.example)] for one in found]
    return rows, [
        (f"{one.words.say(lang)} {_effect(before, one.fix(before), lang)}", one.kind)
        for one in found
        if one.fix is not None
    ]


def _effect(before: list[Pair], after: list[Pair], lang: str) -> str:
    if len(after) < len(before):
        return said("own.mend.out", lang, n=len(before) - len(after), left=len(after))
    return said("own.mend.changed", lang, n=sum(a != b for a, b in zip(before, after, strict=True)))


@user_errors_only
def with_fixes(mine: CustomData, kinds: list[str]) -> CustomData:
    """The pairs after the chosen findings have been mended, one after another, with a line that says how many are left."""
    left = list(mine.pairs)
    for kind in dict.fromkeys(kinds):
        for one in data_checks.find_issues(left, mine.plan):
            if one.kind == kind and one.fix is not None:
                left = one.fix(left)
    if not left:
        raise mistake("own.nothing")
    n, before = len(left), len(mine.pairs)
    line = both("own.mended", n=n, before=before)
    table = replace(mine.table, notes=(*mine.table.notes, line))
    return replace(mine, table=table, pairs=tuple(left))
