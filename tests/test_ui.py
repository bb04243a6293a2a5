"""The page without a browser: words in two languages, panels from plain functions, one sentence for every mistake."""

from __future__ import annotations

import json
import string

import httpx
import pytest

from s2s_demo import checkpoint, engines, tasks
from s2s_demo.prediction import UserError
from s2s_demo.ui import answering, page
from s2s_demo.ui.words import ALL, said
from tests.serving import served

HOSTILE = [
    "",
    "   ",
    "abc",
    "1++2",
    "0*-7",
    "9" * 10_000,
    "${alert(1)}",
    "<img src=x onerror=alert(1)>",
    "1/2",
    "\ud800",
]


@pytest.mark.parametrize("key", ALL)
def test_every_sentence_stands_in_both_languages_with_the_same_places(key):
    words = ALL[key]
    assert words.ko.strip() and words.en.strip()
    places = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (words.ko, words.en)]
    assert places[0] == places[1]


def test_korean_sentences_are_korean():
    same_in_both = {"norms.y", "engine.lstm", "engine.gru", "engine.mamba"}
    mute = [key for key, words in ALL.items() if not any("가" <= c <= "힣" for c in words.ko)]
    assert set(mute) <= same_in_both


@pytest.fixture(scope="module")
def url():
    with served() as address:
        yield address


def test_the_page_is_small(url):
    assert len(httpx.get(f"{url}config").content) < 1_000_000


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_language_switch_is_told_before_any_script_of_the_page(url, lang):
    head = httpx.get(url, params={"lang": lang}).text.partition("<head>")[2]
    assert head.startswith("<script>for(const[k,v]of[['language','" + lang)
    assert "Object.defineProperty(navigator,k" not in httpx.get(url).text
    assert "Object.defineProperty(navigator,k" not in httpx.get(url, params={"lang": "'"}).text


def test_nobody_passes_by_the_queue(url):
    data = {"data": ["addition", "lstm", "1+1", ""]}
    assert httpx.post(f"{url}gradio_api/run/predict", json=data).status_code == 404


def test_the_api_answers_and_tells_mistakes_in_both_languages():
    assert json.loads(page.answer("addition", "lstm", "47+9"))["y"] == "56"
    wrong = json.loads(page.answer("addition", "lstm", "47-9"))
    assert wrong["error"] and wrong["error_ko"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("task", tasks.TASKS.values(), ids=lambda task: task.name)
def test_a_mistake_is_told_in_one_sentence(task, text):
    with pytest.raises(UserError) as told:
        answering.answered(task, "lstm", "", text)
    for lang in ("ko", "en"):
        problem = answering.trouble(told.value, lang)["problem"]
        assert problem and "\n" not in problem and len(problem) < 200


@pytest.mark.parametrize("task", tasks.TASKS.values(), ids=lambda task: task.name)
@pytest.mark.parametrize("engine", engines.ENGINES)
def test_every_engine_of_the_shelf_answers_with_its_lenses(task, engine):
    entries = [e for e in checkpoint.shelf(task.name) if e.engine == engine and not e.seed]
    assert entries, f"no checkpoint of {engine} for {task.name}"
    for entry in entries:
        found = answering.answered(task, engine, entry.approach, "34+57")
        wanted = ["gradient", "attention"] if engines.get(engine).attends else ["gradient"]
        assert answering.kinds(found) == wanted
        for kind in wanted:
            grid = answering.grid_of(found, kind, "")
            assert answering.lens(grid, "ko") is not None
            view = answering.view(task, found, grid, 0, "en")
            assert len(view["matrix"]) == len(view["y"]) and len(view["matrix"][0]) == len(view["x"])


def test_right_and_wrong_are_held_against_the_true_result():
    task = tasks.get("addition")
    found = answering.answered(task, "lstm", "encoder-only", "347+589")
    view = answering.view(task, found, None, 0, "en")
    assert view["right"] is True and view["said"] == "347 + 589 = 936"
    wrong = answering.answered(task, "independent", "encoder-only", "999999+999999")
    view = answering.view(task, wrong, None, 0, "ko")
    assert view["right"] is False and "1999998" in view["verdict"]


def test_all_engines_share_one_axis():
    task = tasks.get("addition")
    figure, rows = answering.all_curves(task, "encoder-only", "347+589", 3, "en")
    assert len(rows) == len(engines.ENGINES)
    assert {trace.name for trace in figure.data if trace.name} == {e.title.en for e in engines.ENGINES.values()}


def test_card_and_map_and_training_come_from_the_checkpoint():
    task = tasks.get("addition")
    rows = dict(answering.card(task, "rnn", "encoder-only", "en"))
    facts = checkpoint.facts_of(checkpoint.ROOT / "addition" / "rnn")
    assert rows[said("card.parameters", "en")] == f"{facts['parameters']:,}"
    assert answering.map_of("addition", "rnn", "encoder-only", "+", "en") is not None
    history = list(checkpoint.history_of(checkpoint.ROOT / "addition" / "rnn"))
    figure = answering.training("addition", "rnn", "encoder-only", "en")
    assert list(figure.data[-2].y) == [row["grad_norm"] for row in history]


def test_the_card_tells_the_size_of_one_split_whichever_were_scored():
    for engine in ("rnn", "transformer"):
        rows = dict(answering.card(tasks.get("addition"), engine, "encoder-only", "en"))
        assert "n = 1,000" in rows[said("card.score", "en")]
    rows = dict(answering.card(tasks.get("arithmetic"), "rnn", "encoder-decoder", "en"))
    assert "n = 12,000" in rows[said("card.score", "en")]


def test_a_missing_checkpoint_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(checkpoint, "ROOT", tmp_path)
    with pytest.raises(UserError, match="no lstm model"):
        answering.answered(tasks.get("addition"), "lstm", "encoder-only", "1+1")


def test_an_unforeseen_failure_is_one_sentence_and_no_traceback(monkeypatch):
    def broken(*args, **options):
        raise RuntimeError("inside")

    monkeypatch.setattr(answering, "_predicted", broken)
    with pytest.raises(UserError, match="try again") as told:
        answering.answered(tasks.get("addition"), "lstm", "encoder-only", "1+1")
    assert "inside" not in told.value.words.en
