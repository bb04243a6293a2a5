"""The race: engines of one size, fair turns, a stop that stops, visitors who never mix, and a line that lets in so many."""

from __future__ import annotations

import json
from itertools import islice
from threading import Event
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from s2s_demo import engines, tasks
from s2s_demo.lab.race import race as racing_lab
from s2s_demo.lab.race.figures import Track, tracks
from s2s_demo.lab.race.models import TARGET, initialised, match_parameters
from s2s_demo.lab.race.race import STEPS, TIME, FifoSemaphore, race, race_task
from s2s_demo.lab.race.small_tasks import held_out, small
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.recipe import Progress
from s2s_demo.ui.lab import race as lab_race
from s2s_demo.ui.lab import race_content
from s2s_demo.ui.lab.race_content import RaceRequest
from s2s_demo.ui.words import said

TWO = ["independent", "rnn"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(racing_lab, "HELD", 12)
    monkeypatch.setattr(racing_lab, "BATCH", 8)


def finished(*words, **options):
    *_, last = race(*words, **options)
    return last


@pytest.mark.parametrize("task", ["arithmetic", "addition"])
def test_every_engine_is_about_as_large_as_every_other(task):
    sizes = {}
    for name in engines.ENGINES:
        config = match_parameters(race_task(task), name, TARGET)
        with torch.device("meta"):
            sizes[name] = Seq2Seq(config).parameters_count
    assert max(sizes.values()) / min(sizes.values()) < 1.1, sizes
    assert all(abs(size / TARGET - 1) < 0.08 for size in sizes.values()), sizes


@pytest.mark.parametrize("digits", [2, 3])
def test_small_sums_are_true_short_and_never_of_two_splits(digits):
    task = small("arithmetic", digits=digits)
    train, dev = list(islice(task.pairs("train", 0), 800)), list(task.pairs("dev", 0))
    for x, y in [*train, *dev]:
        a, b = map(int, x.split("+"))
        assert a + b == int(y) and max(a, b) < 10**digits and task.truth(x) == y
    unordered = [{frozenset(x.split("+")) for x, _ in pairs} for pairs in (train, dev)]
    assert not unordered[0] & unordered[1]
    assert task.y_codec.decode(task.y_codec.encode("47").tolist()) == "47"
    with pytest.raises(UserError):
        task.read("1-1")


def test_a_small_form_of_words_keeps_whole_labels_and_the_split(toy_sets):
    small.cache_clear()
    task = small("pos-en", most=3, words=5)
    kept = list(task.pairs("train", 0))
    assert len(kept) <= 3 and len(task.get_x_codec().words) <= 5
    assert all("/" not in y for _, y in kept)
    assert {y for _, tags in kept for y in tags.split(" ")} <= set(task.get_y_codec().symbols)
    small.cache_clear()


def test_in_a_race_of_steps_nobody_is_more_than_one_step_ahead():
    for moment in race("arithmetic", TWO, every=0.0, most_steps=3):
        steps = [one.step for one in moment.leaderboard]
        assert max(steps) - min(steps) <= 1
    assert moment.over and moment.left == 0 and steps == [3, 3]
    for one in moment.leaderboard:
        assert one.curves["loss"][0] == (1, 2, 3) and len(one.answers) == len(one.scores) == racing_lab.SHOWN
        assert all(np.isfinite(one.curves["loss"][1])) and all(v > 0 for v in one.curves["norm"][1])


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves only when somebody trains: a step of the RNN takes 3 seconds, one of anybody else 1."""
    now = [0.0]

    def fit(model, *words, **options):
        step = 0
        while True:
            step += 1
            now[0] += 3 if model.config.engine == "rnn" else 1
            yield Progress(step, 100, 1 / step, 2.0, {}, 0.1, 0.0, 0.0, False)

    monkeypatch.setattr(racing_lab, "fit", fit)
    monkeypatch.setattr(racing_lab, "time", SimpleNamespace(perf_counter=lambda: now[0]))


def test_in_a_race_of_time_everybody_trains_equally_long(clock):
    free, slow = finished("arithmetic", TWO, by=TIME, seconds=60).leaderboard
    assert abs(free.seconds - slow.seconds) <= 3 and free.seconds + slow.seconds == pytest.approx(60, abs=3)
    assert free.step == pytest.approx(3 * slow.step, abs=3)
    assert free.curves["loss"][0][-1] == free.seconds


def test_in_a_race_of_steps_time_is_what_it_takes(clock):
    last = finished("arithmetic", TWO, by=STEPS, seconds=40)
    free, slow = last.leaderboard
    assert free.step == slow.step == 10 and slow.seconds == 3 * free.seconds and last.elapsed == 40


def test_no_race_is_longer_than_the_longest(clock):
    assert finished("arithmetic", TWO, seconds=10_000).elapsed <= racing_lab.LONGEST + 3


def test_a_long_race_has_no_more_points(clock):
    long = finished("arithmetic", TWO, seconds=90, by=TIME).leaderboard[0]
    assert len(long.curves["loss"][0]) <= racing_lab.POINTS
    halved = racing_lab._halved([(1, 4.0, 1.0), (2, 2.0, 3.0), (3, 1.0, 1.0), (4, 0.0, 1.0)])
    assert halved == [(2, 3.0, 2.0), (4, 0.5, 1.0)]


@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_stop_is_heard_before_the_next_step_and_keeps_what_there_is(after):
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > after

    last = finished("arithmetic", TWO, stop=stop)
    assert last.over and sum(one.step for one in last.leaderboard) == after


def curves(moment):
    return [(one.engine, one.step, one.curves["loss"], one.curves["norm"], one.answers) for one in moment.leaderboard]


def test_two_races_at_once_are_as_if_each_were_alone():
    alone = curves(finished("arithmetic", TWO, seed=1, most_steps=4))
    mine = race("arithmetic", TWO, seed=1, most_steps=4, every=0.0)
    other = race("addition", ["rnn", "gru"], seed=2, most_steps=9, every=0.0)
    for moment in mine:
        next(other, None)
        kept = moment
    assert curves(kept) == alone
    assert curves(finished("arithmetic", TWO, seed=3, most_steps=4)) != alone


@pytest.mark.parametrize("task", ["addition", "arithmetic"])
def test_weights_depend_on_the_seed_alone_though_others_draw_numbers(task, engine):
    config = ModelConfig.of(tasks.get(task), engine, dim=16)
    torch.manual_seed(5)
    expected = Seq2Seq(config)
    torch.manual_seed(9)
    before = torch.random.get_rng_state()
    mine = initialised(config, 5)
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(mine.parameters(), expected.parameters(), strict=True))


@pytest.mark.parametrize("who, by", [(["rnn"], STEPS), (["rnn", "rnn"], STEPS), (TWO, "luck")])
def test_a_race_that_is_none_is_refused(who, by):
    with pytest.raises(ValueError, match="expected 2 to 8"):
        next(race("arithmetic", who, by=by))


def test_the_line_lets_in_so_many_and_numbers_the_rest():
    line = FifoSemaphore(running=2, waiting=2)
    first, second, third, fourth = (line.acquire() for _ in range(4))
    assert [line.position(t) for t in (first, second, third, fourth)] == [0, 0, 1, 2] and line.acquire() is None
    line.release(first)
    assert [line.position(t) for t in (second, third, fourth)] == [0, 0, 1]
    line.release(third)
    line.release(third)
    assert line.position(fourth) == 0 and line.acquire() is not None


def run(cancel, who=TWO, task="arithmetic"):
    return lab_race.run(RaceRequest(task, who, STEPS, 20, 0, "en"), cancel)


@pytest.fixture
def line(monkeypatch):
    monkeypatch.setattr(lab_race, "RACES", FifoSemaphore(1, 1))
    monkeypatch.setattr(lab_race, "SECONDS_A_FRAME", 0.0)
    return lab_race.RACES


def test_a_visitor_waits_in_line_then_races_and_makes_room(line):
    ahead, cancel = line.acquire(), Event()
    mine = run(cancel)
    assert "number 1 in line" in next(mine)[3]["line"] and "number 1" in next(mine)[3]["line"]
    assert next(run(Event()))[3]["line"] == said("race.full", "en")
    line.release(ahead)
    assert next(mine)[3]["line"] == said("race.preparing", "en")
    assert len(next(mine)[3]["rows"]) == 2
    cancel.set()
    *_, last = mine
    assert last[3]["line"].startswith("Stopped after") and last[1]["interactive"] and not last[2]["interactive"]
    assert last[-1]["value"] and line.position(line.acquire()) == 0


def test_leaving_the_page_leaves_the_line(line):
    mine = run(Event())
    next(mine)
    next(mine)
    mine.close()
    assert not line._slots
    line.acquire()
    waiting, cancel = run(Event()), Event()
    next(waiting)
    waiting.close()
    assert len(line._slots) == 1
    gone = run(cancel)
    next(gone)
    cancel.set()
    assert next(gone)[3]["line"] == said("race.gone", "en")


def test_a_race_that_breaks_ends_in_a_sentence_and_makes_room(line, monkeypatch, caplog):
    def broken(*args, **options):
        yield from islice(race(*args, **options), 1)
        raise RuntimeError("secret")

    monkeypatch.setattr(lab_race, "race", broken)
    mine = run(Event())
    next(mine)
    next(mine)
    with pytest.raises(UserError) as told:
        next(mine)
    assert told.value.words.en == said("problem", "en") and told.value.words.ko == said("problem", "ko")
    assert "RuntimeError at test_lab_race.py" in caplog.text and "secret" not in caplog.text and not line._slots


@pytest.mark.parametrize("who", [[], ["rnn"], ["rnn"] * 9])
def test_too_few_engines_are_told_in_a_sentence(line, who):
    assert next(run(Event(), who))[3]["line"] == said("race.few", "en")
    assert not line._slots


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_is_shown_of_a_moment(lang):
    moment = finished("arithmetic", ["gru", "independent"], most_steps=2)
    shown = race_content.field("arithmetic", moment, "line", lang)
    inputs = held_out(race_task("arithmetic"), racing_lab.SHOWN)
    assert [one["full"] for one in shown["inputs"]] == [x for x, _ in inputs] and shown["share"] == 1
    assert [len(row["cells"]) for row in shown["rows"]] == [10, 10] and json.dumps(shown)
    rows = race_content.table(moment, lang)
    assert len(rows[0]) == len(race_content.headers(lang)) and {row[4] for row in rows} == {"2"}
    loss, exact, norm = race_content.figures(moment, STEPS, 20, lang)
    assert list(exact.layout.yaxis.range) == [-0.02, 1.04] and loss.layout.yaxis.type == norm.layout.yaxis.type == "log"
    assert len(loss.data) == 2 and list(loss.data[0].x) == [1, 2]


def test_ranges_stay_put_and_hold_every_value():
    found = [Track("rnn", "RNN", (1, 2), (1e-9, 5e4))]
    figure = tracks(found, kind="loss", until=100, x_title="", y_title="")
    low, high = figure.layout.yaxis.range
    assert list(figure.data[0].y) == pytest.approx([10**low, 10**high], rel=1e-5)


@pytest.mark.parametrize("name", race_content.names())
def test_every_task_says_what_is_raced_on(name):
    for lang in ("ko", "en"):
        assert race_content.description(name, lang)
