"""The page without a browser: words in two languages, panels from plain functions, one sentence for every mistake."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from s2s_demo import checkpoints, engines, predict, tasks
from s2s_demo.lenses import KINDS
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.ui import page
from s2s_demo.ui.inputs.video import sample
from s2s_demo.ui.task import answering, card, curves, lens_view, panel
from s2s_demo.ui.user_errors import error_view
from s2s_demo.ui.words import machine_in, said
from tests import shipped
from tests.serving import get, post, shared
from tests.test_lenses import HAS

NO_WORDS = ["", "   ", "\n\t", "\ud800", "\x00\x1b", "\u200b", "9" * 30_000, "a " * 301]
NO_SUM = ["abc", "1++2", "0*-7", "9" * 10_000, "${alert(1)}", "<img src=x onerror=alert(1)>", "1/2"]


def test_what_a_model_was_trained_on_is_told_in_the_language_of_the_page():
    assert machine_in("2 CPU threads, x86_64", "ko") == "CPU 스레드 2개, x86_64"
    assert machine_in("NVIDIA H100", "ko") == "NVIDIA H100"
    for name in {checkpoints.facts_of(entry.folder)["machine"] for entry in checkpoints.available()}:
        assert "threads" not in machine_in(name, "ko")


@pytest.fixture
def url():
    return shared()


def test_progress_is_told_only_where_it_is_seen(url):
    for listener in get(f"{url}config").json()["dependencies"]:
        hidden, on = listener["show_progress"] == "hidden", listener["show_progress_on"]
        told = listener["outputs"] if on is None else on
        most = 1 if hidden else 3  # one: gradio's own listeners of examples, and those of the API, which no page runs
        assert len(told) <= most, (listener["api_name"], told)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_language_switch_is_told_before_any_script_of_the_page(url, lang):
    head = get(url, params={"lang": lang}).text.partition("<head>")[2]
    assert head.startswith("<script>for(const[k,v]of[['language','" + lang)
    assert "Object.defineProperty(navigator,k" not in get(url).text
    assert "Object.defineProperty(navigator,k" not in get(url, params={"lang": "'"}).text


def test_nobody_passes_by_the_queue(url):
    data = {"data": ["addition", "lstm", "1+1", ""]}
    assert post(f"{url}gradio_api/run/predict", json=data).status_code == 404


def test_the_api_answers_and_tells_mistakes_in_both_languages():
    assert json.loads(page.answer("addition", "lstm", "47+9"))["y"] == "56"
    wrong = json.loads(page.answer("addition", "lstm", "47-9"))
    assert wrong["error"] and wrong["error_ko"]


def test_the_api_tells_a_run_that_is_not_there():
    told = json.loads(page.answer_own("../../etc", "x"))
    assert "no such run" in told["error"] and told["error_ko"]


@pytest.mark.parametrize("task", tasks.TASKS.values(), ids=lambda task: task.name)
def test_a_mistake_is_told_in_one_sentence(task):
    for text in NO_WORDS + (NO_SUM if task.endless else []):
        with pytest.raises(UserError) as told:
            answering.answer(task, "lstm", "", text)
        for lang in ("ko", "en"):
            problem = error_view(told.value, lang)["problem"]
            assert problem and "\n" not in problem and len(problem) < 200, text[:80]


@pytest.mark.parametrize("task", tasks.TASKS.values(), ids=lambda task: task.name)
@pytest.mark.parametrize("engine", engines.ENGINES)
def test_every_engine_of_the_shelf_answers_with_its_lenses(task, engine):
    entries = [e for e in checkpoints.available(task.name) if e.engine == engine and not e.seed]
    ours = engine in shipped.ENGINES and task.name in shipped.TASKS
    assert entries or not ours, f"no checkpoint of {engine} for {task.name}"
    # any film will do for a task of videos; this one can be drawn without data
    asked = sample(tasks.get("swing"), "left") if task.input == "video" else "34+57"
    asked = asked if task.endless or task.input == "video" else task.examples[0]
    for entry in entries:
        found = answering.answer(task, engine, entry.approach, asked)
        found = lens_view.with_lens(task, found, engine, entry.approach, *KINDS)
        for kind in KINDS:
            assert bool(found.trace.of(kind)) == (engine in HAS.get(kind, (engine,)))
            note = lens_view.note(found, kind, engine, "en")
            grid = lens_view.grid_at(found, kind, "")
            if grid is None:
                assert note == said(f"lens.none.{kind}", "en", engine=engines.get(engine).title.en)
                continue
            assert note == said(f"lens.told.{kind}", "en")
            assert lens_view.picture(task, grid, "ko") is not None
            view = answering.view_data(task, found, grid, 0, "en")
            columns = view["n"] if task.input == "video" else len(view["x"])
            if kind != "state":
                assert len(view["matrix"]) == len(view["y"]) and len(view["matrix"][0]) == columns
        later = [value for _, value in lens_view.places(found, "attention", "en") if value == lens_view.FED]
        assert bool(later) == (engine in HAS["attention"] and entry.approach != "encoder-only")
        if later:
            assert lens_view.value_of(lens_view.grid_at(found, "attention", lens_view.FED)) == lens_view.FED
        assert "τ" in lens_view.agreement_line(task, found, "en") or engine == "independent" or len(found.x_pieces) < 2


@pytest.mark.parametrize("name", shipped.TASKS)
def test_a_room_opens_with_a_model_that_is_there(name):
    task = tasks.get(name)
    first = panel._first_engine(task), panel._first_approach(task)
    assert first in {(entry.engine, entry.approach) for entry in checkpoints.available(name) if not entry.seed}


def test_right_and_wrong_are_held_against_the_true_result():
    task = tasks.get("addition")
    found = answering.answer(task, "lstm", "encoder-only", "347+589")
    view = answering.view_data(task, found, None, 0, "en")
    assert view["right"] is True and view["said"] == "347 + 589 = 936"
    wrong = answering.answer(task, "independent", "encoder-only", "999999+999999")
    view = answering.view_data(task, wrong, None, 0, "ko")
    assert view["right"] is False and "1999998" in view["verdict"]


def test_a_question_is_answered_once(monkeypatch):
    """Also the first one of a model that nobody has asked yet."""
    asked, real = [], answering.predict_parsed
    for module in (answering, curves):
        monkeypatch.setattr(module, "predict_parsed", lambda *a, **o: asked.append(a) or real(*a, **o))
    checkpoints._loaded.cache_clear()
    answering.answer(tasks.get("addition"), "rnn", "encoder-only", "12+34", look=False)
    assert len(asked) == 1
    curves.all_curves(tasks.get("addition"), "encoder-only", "12+34", 1, "en")
    assert len(asked) == 1 + sum(not entry.seed for entry in checkpoints.available("addition"))


@pytest.mark.parametrize("written", ["12+34", "１２ + 34", "012 + ３４ ="])
def test_python_answers_as_the_page_does(written):
    page = answering.answer(tasks.get("addition"), "rnn", "", written, look=False)
    (found,) = predict(checkpoints.load("addition", "rnn"), [written])
    assert (found.x, found.y) == (page.x, page.y) == ("12+34", page.y)


def test_all_engines_share_one_axis():
    task = tasks.get("addition")
    figure, rows = curves.all_curves(task, "encoder-only", "347+589", 3, "en")
    assert len(rows) == len(shipped.ENGINES)
    assert {trace.name for trace in figure.data if trace.name} == {engines.get(e).title.en for e in shipped.ENGINES}


def test_card_and_map_and_training_come_from_the_checkpoint():
    task = tasks.get("addition")
    rows = dict(card.card(task, "rnn", "encoder-only", "en"))
    facts = checkpoints.facts_of(checkpoints.ROOT / "addition" / "rnn")
    assert rows[said("card.parameters", "en")] == f"{facts['parameters']:,}"
    assert card.map_of(tasks.get("addition"), "rnn", "encoder-only", "+", "en") is not None
    history = list(checkpoints.history_of(checkpoints.ROOT / "addition" / "rnn"))
    figure = card.training("addition", "rnn", "encoder-only", "en")
    assert list(figure.data[-2].y) == [row["grad_norm"] for row in history]


def test_the_card_tells_how_a_model_was_taught_where_that_was_not_the_plain_way():
    trained = {
        (name, lang): dict(card.card(tasks.get(name), "lstm", "encoder-only", lang))[said("card.trained", lang)]
        for name in ("pos-en", "intent-en", "intent-ko")
        for lang in ("en", "ko")
    }
    assert trained["pos-en", "en"].endswith(" · an auxiliary loss on every level below · calibrated on dev")
    assert trained["intent-en", "ko"].endswith(" · 아래 층마다 보조 과제")
    assert "auxiliary loss" not in trained["intent-ko", "en"] and "calibrated" not in trained["intent-ko", "en"]


def test_the_card_tells_the_size_of_one_split_whichever_were_scored():
    for engine in ("rnn", "transformer"):
        rows = dict(card.card(tasks.get("addition"), engine, "encoder-only", "en"))
        assert "n = 1,000" in rows[said("card.score", "en")]
    rows = dict(card.card(tasks.get("arithmetic"), "rnn", "encoder-decoder", "en"))
    assert "n = 12,000" in rows[said("card.score", "en")]


def test_a_missing_checkpoint_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    with pytest.raises(UserError, match="python -m train addition --engine lstm"):
        answering.answer(tasks.get("addition"), "lstm", "encoder-only", "1+1")


@pytest.mark.parametrize("name", ["history.jsonl", "scores.json", "config.json"])
def test_what_stands_beside_a_checkpoint_may_be_damaged(monkeypatch, tmp_path, name):
    shutil.copytree(checkpoints.ROOT / "addition" / "lstm", tmp_path / "addition" / "lstm")
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    task = tasks.get("addition")
    assert None not in card.model_details(task, "lstm", "encoder-only", "+", "en")
    (tmp_path / "addition" / "lstm" / name).write_text("{", "utf-8")
    with pytest.raises(UserError) as told:
        card.model_details(task, "lstm", "encoder-only", "+", "en")
    assert "\n" not in told.value.words.en


def test_an_unforeseen_failure_is_one_sentence_and_no_traceback(monkeypatch):
    def broken(*args, **options):
        raise RuntimeError("inside")

    monkeypatch.setattr(answering, "_predicted", broken)
    with pytest.raises(UserError, match="try again") as told:
        answering.answer(tasks.get("addition"), "lstm", "encoder-only", "1+1")
    assert "inside" not in told.value.words.en


def told(task, x, y, *, sure=1.0, top=()):
    """An answer made by hand."""
    y_pieces = tuple(y.split(" "))
    return Prediction(x, y, tuple(x.split(" ")), y_pieces, np.full(len(y_pieces), sure), 0.01, top=top)


def test_an_intent_is_shown_with_its_domain_and_the_five_likeliest():
    task = tasks.get("intent-en")
    top = ((("garden/water_plants", 0.75), ("kitchen/boil_egg", 0.25)),)
    view = answering.view_data(
        task, told(task, "water it", "garden/water_plants", sure=0.75, top=top), None, 0, "en", 0.5
    )
    assert view["said"] == "water plants · garden" and view["right"] is None and "threshold" not in view["verdict"]
    assert view["top"] == [
        [{"name": "water plants", "group": "garden", "p": 0.75}, {"name": "boil egg", "group": "kitchen", "p": 0.25}]
    ]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_an_answer_below_the_threshold_is_withheld_and_says_why(lang):
    task = tasks.get("intent-en")
    answer = told(task, "water it", "garden/water_plants", sure=0.42)
    view = answering.view_data(task, answer, None, 0, lang, 0.6)
    assert view["said"] == said("view.unknown", lang) and "42%" in view["verdict"] and "60%" in view["verdict"]
    assert answering.view_data(task, answer, None, 0, lang, 0.42)["said"] == "water plants · garden"


def test_a_speech_act_is_said_in_the_language_of_the_page():
    task = tasks.get("intent-ko")
    answer = told(task, "지금 몇 시야", "question", top=((("question", 0.9), ("rhetorical-command", 0.1)),))
    for lang in ("ko", "en"):
        view = answering.view_data(task, answer, None, 0, lang)
        assert view["said"] == view["y"][0]["name"] == task.meanings["question"].say(lang)
        assert view["top"][0][1]["name"] == task.meanings["rhetorical-command"].say(lang)


def test_tags_stand_under_their_words_and_wrong_ones_beside_the_true(toy_sets):
    task = tasks.get("pos-en")
    x, truth = next(iter(task.pairs("test", 0)))
    right = answering.view_data(task, told(task, x, truth), None, 0, "ko")
    assert right["right"] is True and right["said"] == "" and not any(cell["wrong"] for cell in right["y"])
    assert [cell["over"] for cell in right["y"]] == x.split(" ")
    assert [cell["name"] for cell in right["y"]] == task.answer(truth).split(" ")
    first, *rest = truth.split(" ")
    wrong = answering.view_data(task, told(task, x, " ".join(["INTJ/uh", *rest])), None, 0, "en")
    cell = wrong["y"][0]
    assert wrong["right"] is False and cell["wrong"] == task.answer(first) and cell["name"] == "INTJ"
    assert cell["means"] == "interjection (uh)" and not any(cell["wrong"] for cell in wrong["y"][1:])
    share = len(rest) / (len(rest) + 1)
    assert f"{share:.0%}" in wrong["verdict"]


def test_equal_tags_have_equal_colours_and_others_another():
    task = tasks.get("pos-en")
    cells = answering.view_data(task, told(task, "a b c", "NOUN/nn VERB/* NOUN/x"), None, 0, "en")["y"]
    assert cells[0]["hue"] == cells[2]["hue"] != cells[1]["hue"] and cells[1]["means"] == "verb"
    every = answering.view_data(task, told(task, " ".join("a" * 17), " ".join(task.meanings)), None, 0, "en")["y"]
    assert len({cell["hue"] for cell in every}) == 17


def test_a_tag_without_a_meaning_is_shown_as_it_is():
    task = tasks.get("pos-en")
    view = answering.view_data(task, told(task, "see me", "VERB/vb <unk>"), None, 0, "en")
    assert view["y"][1]["name"] == "<unk>" and view["y"][1]["over"] == "me"


def test_a_sentence_outside_the_test_set_is_neither_right_nor_wrong(toy_sets):
    task = tasks.get("pos-en")
    view = answering.view_data(task, told(task, "see me", "VERB/vb PRON/pr"), None, 0, "en")
    assert view["right"] is None and not any(cell["wrong"] for cell in view["y"])


def test_the_first_step_of_words_is_one_there_is():
    for name, y in (("pos-en", "VERB/vb PRON/pr"), ("intent-en", "kitchen/boil_egg"), ("intent-ko", "question")):
        task = tasks.get(name)
        assert answering.first_step(task, told(task, "see me", y)) == len(y.split(" ")) - 1


def test_what_is_slow_to_import_or_for_zerogpu_alone_is_not_imported_at_the_start():
    code = (
        "import sys; from s2s_demo.ui.custom import panel; import s2s_demo.ui.page; panel._use_zerogpu()\n"
        "print([m for m in ('sklearn', 'scipy', 'nltk', 's2s_demo.custom.jobs.zerogpu') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.strip() == "[]"
