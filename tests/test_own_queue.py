"""The job queue of trainings: its scheduler, places and waits, bounds per visitor and in all, how long runs are kept, kills."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from threading import Barrier, Thread
from types import SimpleNamespace

import psutil
import pytest

from s2s_demo.custom.jobs import estimates, job_queue, processes, retention, runs, scheduler, validation
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs import worker as work
from s2s_demo.custom.jobs.scheduler import Scheduler
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.prediction import UserError, Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.ui import page
from s2s_demo.ui.custom import panel, progress
from tests import claimed_runs, loops, own_page

PAIRS = [(f"{i:03}", "even" if i % 2 == 0 else "odd") for i in range(80)]
PLAN = Plan(Shape.N21, "char", "word", Words("", ""))
RECIPE = Recipe(steps=4, batch=8, lr=1e-2, warmup=1, dim=8, score_every=4, save_every=4)
ASKED = Suggestion("gru", "encoder-only", RECIPE, 1000, 10.0, Words("왜", "why"))
DAY, LAUNCH = 24 * 3600, job_queue._launch


@pytest.fixture(autouse=True)
def launched(tmp_path, monkeypatch):
    return claimed_runs.launches(tmp_path, monkeypatch)


def started(session="", **more):
    return files.root() / runs.start(PAIRS, PLAN, replace(ASKED, **more), session=session)


def finished(session="", ago=0.0):
    """A run that is done and was last used so many seconds ago; what the queue needs of one, without the training."""
    folder = files.new_folder()
    retention.write_visitor(folder, retention.visitor_digest(session))
    runs.prepare(folder, PAIRS, PLAN, ASKED, 0)
    job_queue.acquire(folder)
    files.write_json(folder / "status.json", {"state": "done", "queued": time.time() - ago, "step": 4, "seconds": 1.0})
    aged(folder, ago)
    return folder


def aged(folder, ago):
    then = time.time() - ago
    for path in (*folder.iterdir(), folder):
        os.utime(path, (then, then))


def ended(folder, state="done", **more):
    files.write_json(folder / "status.json", {**files.status_of(folder), "state": state, **more})


def lost(folder):
    """Its worker is killed without a word."""
    files.write_json(folder / "worker.json", {"pid": os.getpid(), "created": psutil.Process().create_time() - 100})


def state(folder):
    return job_queue.state_of(folder)[0]


def test_after_a_crash_with_twenty_waiting_the_queue_moves_by_itself(launched):
    there = [started() for _ in range(22)]
    for folder in there[:2]:
        lost(folder)
    fresh = started()
    assert [state(folder) for folder in there[:4]] == ["died", "died", "starting", "starting"]
    keeper = Scheduler()
    for _ in range(30):
        for folder in job_queue.snapshot(0).training:
            ended(folder)
        keeper.tick()
    assert [state(folder) for folder in there] == ["died"] * 2 + ["done"] * 20 and state(fresh) == "done"
    assert launched == [*there, fresh], "first come, first served, each once"
    runs.resume(there[0].name)
    assert state(there[0]) == "starting"


def test_a_claimed_run_that_was_never_launched_gets_its_turn_again(launched, monkeypatch):
    folder = started()
    (folder / "worker.json").unlink()
    assert state(folder) == "starting"
    job_queue.requeue_lost()
    assert state(folder) == "starting", "its page may be about to launch it"
    os.utime(folder / "claim", (1, 1))
    Scheduler().tick()
    assert launched == [folder, folder] and state(folder) == "starting"


def test_two_schedulers_at_once_launch_no_run_twice(launched, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(job_queue, "advance", lambda: None)
        there = [started() for _ in range(3)]
    monkeypatch.setattr(job_queue, "AT_ONCE", 3)
    together = Barrier(6)

    def move():
        together.wait()
        job_queue.advance()

    threads = [Thread(target=move) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert launched == there


def until(true):
    end = time.monotonic() + 240  # only a hang takes so long
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_thread_moves_the_queue_and_outlives_what_happens_in_it(launched, monkeypatch):
    there = [started() for _ in range(3)]
    faults = [SystemExit("one"), ValueError("two"), OSError("three"), UserError("넷", "four")]
    tick, keeper = Scheduler.tick, Scheduler(seconds=0.01)

    def faulty(self):
        if faults:
            raise faults.pop()
        tick(self)

    monkeypatch.setattr(Scheduler, "tick", faulty)
    keeper.start()
    try:
        assert keeper.alive
        ended(there[0])
        until(lambda: state(there[2]) == "starting")
        assert not faults and keeper.alive
    finally:
        keeper.stop()
    assert not keeper.alive


def test_a_thread_that_died_is_started_again(monkeypatch):
    keeper = Scheduler(seconds=0.01)
    with monkeypatch.context() as patch:
        patch.setattr(Scheduler, "_run", lambda self, ended: None)
        keeper.start()
        until(lambda: not keeper.alive)
    keeper.wake()
    assert keeper.alive
    keeper.stop()
    keeper.wake()
    assert not keeper.alive, "who was stopped stays so"


def test_a_scheduler_of_two_pages_ends_with_the_second_and_leaves_other_folders_alone(launched, monkeypatch, tmp_path):
    keeper = Scheduler(seconds=0.01)
    keeper.start()
    keeper.start()
    keeper.stop()
    assert keeper.alive
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "others"))
    ticks = []
    monkeypatch.setattr(Scheduler, "tick", lambda self: ticks.append(1))
    started()
    keeper.wake()
    keeper.stop()
    assert not keeper.alive and not ticks


def test_a_hall_of_fifty_is_taken_whole_and_each_knows_place_and_time():
    names, together = [None] * 50, Barrier(50)

    def press(i):
        together.wait()
        names[i] = runs.start(PAIRS, PLAN, ASKED, session=f"visitor {i}")

    threads = [Thread(target=press, args=(i,)) for i in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = [runs.status(name) for name in names]
    assert sum(one.state == "starting" for one in seen) == 2
    waiting = sorted((one.place, one.wait) for one in seen if one.state == "waiting")
    assert [place for place, _ in waiting] == list(range(1, 49))
    assert [wait for _, wait in waiting] == [10.0 * (1 + i // 2) for i in range(48)], "ten seconds each, two at a time"
    for lang, words in (("ko", "48번째, 약 4분 뒤"), ("en", "place 48 in the queue, about 4 min")):
        last = next(one for one in seen if one.place == 48)
        assert words in progress.race_data([last], lang)["line"]


def test_a_wait_follows_how_long_trainings_took_lately_and_no_run_has_more_than_its_time():
    assert estimates.pace([]) == 1.0 and estimates.pace([9.0] * 3 + [2.0] * 10) == 2.0
    assert (estimates.pace([100.0]), estimates.pace([0.001])) == (4.0, 0.25)
    for _ in range(4):
        folder = started()
        ended(folder, took=30.0)
    there = [started(), started(), started(seconds=1e6), started()]
    assert [job_queue.place_of(folder) for folder in there[2:]] == [(1, 30.0), (2, 30.0)]
    assert job_queue.place_of(started()) == (3, 60.0)
    assert job_queue.place_of(started()) == (4, 90.0), "the long one ends by the clock"
    assert job_queue.MOST_SECONDS == work.MOST_SECONDS


def test_a_forecast_of_the_first_steps_is_not_believed():
    first, second, third = started(), started(), started()
    for folder in (first, second):
        ended(folder, "running", step=1, seconds=1.0, left=1100.0)
    assert job_queue.place_of(third) == (1, 10.0), "a slow first step is no slow training"
    for folder in (first, second):
        ended(folder, "running", step=100, seconds=50.0, left=400.0)
    assert job_queue.place_of(third) == (1, 400.0)


def test_a_refusal_crosses_to_another_process_whole():
    for error in (retention.TooMany(Words("셋", "three"), ("a", "b")), validation.Damaged()):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error) and again.words == error.words and vars(again) == vars(error)


def test_a_worker_writes_down_how_long_it_took_since_it_left_the_queue():
    folder = started()
    os.utime(folder / "claim", (time.time() - 50, time.time() - 50))
    work.train_run(folder)
    assert 50 <= files.status_of(folder)["took"] < 500 and files.status_of(folder)["estimate"] == 10.0


def test_a_visitor_has_bounds_of_his_own_and_the_sentence_names_his_runs():
    mine = [started("me").name for _ in range(retention.MOST_OPEN)]
    with pytest.raises(retention.TooMany, match="6 trainings started in this tab") as error:
        started("me")
    assert sorted(error.value.open) == sorted(mine)
    assert state(started("you")) == "waiting" and state(started()) == "waiting"
    runs.stop(mine[-1])
    assert state(started("me")) == "waiting"
    with pytest.raises(retention.TooMany):
        runs.resume(mine[-1])


def test_of_three_engines_those_that_were_taken_are_not_lost(monkeypatch):
    mine = SimpleNamespace(pairs=PAIRS, plan=PLAN)
    monkeypatch.setattr(
        progress.suggest, "suggest_training", lambda pairs, plan, size, engine: replace(ASKED, engine=engine)
    )
    for _ in range(retention.MOST_OPEN - 2):
        started("me")
    names, refused = progress.start_runs(mine, ASKED, None, True, "me")
    assert len(names) == 2 and refused is not None and "started in this tab" in refused.words.en
    with pytest.raises(retention.TooMany):
        progress.start_runs(mine, ASKED, None, True, "me")


def test_the_link_to_a_visitors_runs_leads_to_all_of_them(monkeypatch):
    mine = SimpleNamespace(pairs=PAIRS, plan=PLAN)
    monkeypatch.setattr(
        progress.suggest, "suggest_training", lambda pairs, plan, size, engine: replace(ASKED, engine=engine or "gru")
    )
    asked = (mine, "suggested", 2)
    own_page.pressed("own-three", *asked)
    own_page.pressed("own-go", *asked)
    made, _ = own_page.pressed("own-three", *asked)  # two of the three fit
    there = {folder.name for folder in job_queue.folders()}
    assert len(there) == retention.MOST_OPEN and all(name in made["own-advice"] for name in there)
    (follow,), _ = own_page.listeners((None, "load"))
    link = re.search(r"\?lang=en&run=([0-9a-f,]+)", made["own-advice"])
    assert link
    request = SimpleNamespace(**{**vars(own_page.ENGLISH), "query_params": {"lang": "en", "run": link[1]}})
    seen = follow.fn([], request)
    assert set(seen[0]) == there and len(seen[3]["rows"]) == retention.MOST_OPEN
    labels = [label for label, _ in seen[2].choices]
    assert len(set(labels)) == len(labels), "each can be told from the others"
    refused, _ = own_page.pressed("own-go", *asked)
    assert all(name in refused["own-advice"] for name in there)


@pytest.mark.parametrize("asked", ["", ",", "a" * 10_000, ",".join(f"{i:024x}" for i in range(99))])
def test_an_address_that_names_anything_is_bounded(asked):
    assert len(progress.linked_runs(asked)) <= retention.MOST_OPEN and len("".join(progress.linked_runs(asked))) < 200


def test_the_scheduler_lives_as_long_as_the_page(monkeypatch):
    keeper, seen = Scheduler(seconds=0.01), []
    monkeypatch.setattr(panel, "SCHEDULER", keeper)

    @asynccontextmanager
    async def watchdog(app):
        yield seen.append(app)

    async def live():
        async with panel.scheduled(watchdog)("the app"):
            assert keeper.alive

    loops.run(live())
    assert seen == ["the app"] and not keeper.alive
    assert "lifespan" in page.launch_options()["app_kwargs"]


def test_all_visitors_have_a_bound(monkeypatch):
    monkeypatch.setattr(retention, "MOST_WAITING", 3)
    for i in range(5):
        started(f"visitor {i}")
    count = len(job_queue.folders())
    with pytest.raises(retention.TooMany, match="3 trainings are waiting already"):
        started("another")
    assert len(job_queue.folders()) == count


def test_the_session_of_a_visitor_is_not_written_down():
    folder = started("secret-session")
    assert all(b"secret-session" not in path.read_bytes() for path in folder.iterdir())
    assert files.visitor_of(folder) == retention.visitor_digest("secret-session") != ""


def test_finished_runs_never_block_and_the_longest_unused_go_first(monkeypatch):
    monkeypatch.setattr(retention, "MOST_RUNS", 5)
    there = [finished(ago=1000 - i) for i in range(6)]
    runs.status(there[0].name)
    fresh = started()
    assert [folder.exists() for folder in there] == [True, False, True, True, True, True] and fresh.exists()
    monkeypatch.setattr(retention, "MOST_PER_VISITOR", 1)
    ours = [finished("me", ago=100 - i) for i in range(2)]
    started("me")
    assert [folder.exists() for folder in ours] == [False, True]
    assert sum(folder.exists() for folder in there) == 4, "six are one too many for the bounds of all"


def test_bytes_are_bounded_per_visitor_and_in_all(monkeypatch):
    there = [finished("me", ago=100), finished("you", ago=50), finished("me", ago=10)]
    for folder in there:
        (folder / "model.zip").write_bytes(b"0" * 1_000_000)
        aged(folder, 100 - 10 * there.index(folder))
    monkeypatch.setattr(retention, "MOST_BYTES_PER_VISITOR", 1_900_000)
    started("me")
    assert [folder.exists() for folder in there] == [False, True, True]
    monkeypatch.setattr(retention, "MOST_BYTES", 1_900_000)
    Scheduler().tick()
    assert [folder.exists() for folder in there] == [False, False, True]
    monkeypatch.setattr(retention, "MOST_BYTES", 100_000)
    count = len(job_queue.snapshot(0).waiting + job_queue.snapshot(0).training)
    with pytest.raises(UserError, match="no room to keep this training"):
        started("you")
    assert len(job_queue.folders()) == count, "what trains or waits stays; of the refused one nothing does"


def test_use_is_looking_asking_and_downloading_and_the_clock_deletes():
    looked, stale, orphan, waiting = finished(), finished(), files.new_folder(), started()
    (orphan / "pairs.json").write_text("[]")
    for folder in (looked, stale, orphan, waiting):
        aged(folder, DAY + 60)
    runs.status(looked.name)
    keeper = Scheduler()
    keeper.tick()
    assert looked.exists() and waiting.exists() and not stale.exists() and not orphan.exists()
    aged(looked, DAY + 60)
    keeper.tick()
    assert looked.exists(), "once a minute, not at every tick"
    keeper._swept -= scheduler.SWEEP_SECONDS
    keeper.tick()
    assert not looked.exists()
    with pytest.raises(UserError, match="no such run"):
        runs.status(looked.name)


@pytest.mark.parametrize("use", [runs.status, runs.model_folder, runs.model_of, runs.facts_of])
def test_every_way_to_a_run_counts_as_use(use):
    folder = finished()
    (folder / "model").mkdir()
    (folder / "model" / "config.json").write_text("{}")
    aged(folder, DAY + 60)
    with suppress(UserError):
        use(folder.name)
    assert runs.delete_unused() == 0 and folder.exists()


def test_a_clock_that_was_set_back_keeps_nothing_for_ever():
    folder = finished(ago=-10 * DAY)
    assert runs.delete_unused() == 0
    assert abs(retention.last_used(folder) - time.time()) < 60


def test_one_run_that_cannot_be_launched_fails_alone(launched, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(job_queue, "advance", lambda: None)
        broken, sound = started(), started()
    (broken / "log.txt").mkdir()
    monkeypatch.setattr(job_queue, "_launch", lambda folder: (LAUNCH if folder == broken else launched.append)(folder))
    job_queue.advance()
    assert state(broken) == "failed" and "could not be started" in runs.status(broken.name).message.en
    assert launched == [sound]


def test_a_lock_that_others_hold_is_a_sentence_and_goes_with_its_process():
    folder = started()
    code = (
        "import sys\nfrom filelock import FileLock\n"
        f"with FileLock({str(folder.parent / 'queue.lock')!r}):\n    print('held', flush=True)\n    sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(UserError, match="busy with other trainings"), job_queue.locked(0.01):
            pass
        other.send_signal(signal.SIGKILL)
    with job_queue.locked(10):
        assert state(started()) == "starting"


def test_kill_9_of_page_and_worker_and_everything_goes_on(monkeypatch):
    """Real processes: a page without its face, its worker, and a run that waits."""
    monkeypatch.setattr(job_queue, "advance", lambda: None)
    code = "import time\nfrom s2s_demo.custom.jobs.scheduler import SCHEDULER\nSCHEDULER.start()\ntime.sleep(600)"
    page = {
        "args": [sys.executable, "-c", code],
        "cwd": job_queue.PROJECT,
        "env": {**os.environ, "S2S_RUNS_AT_ONCE": "1"},
    }
    first = started(recipe=replace(RECIPE, steps=300, save_every=5, score_every=300))
    second = started()
    with subprocess.Popen(**page) as one:
        until(lambda: (first / "training.safetensors").exists())
        one.kill()
    worker = processes._worker(first)
    assert worker is not None and state(first) == "running" and state(second) == "waiting", "a worker outlives its page"
    os.kill(worker[0], signal.SIGKILL)
    until(lambda: state(first) == "died")
    with subprocess.Popen(**page) as two:
        until(lambda: state(second) == "done")
        assert state(first) == "died"
        runs.resume(first.name)
        until(lambda: state(first) == "done")
        two.kill()
    assert [row["step"] for row, _ in files.history_of(first)] == [1, *range(3, 301, 3)]
