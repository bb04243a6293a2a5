"""Runs of one's own pairs: the queue, the worker, a kill and what comes after, stopping, going on, a full disk, forgetting."""

from __future__ import annotations

import errno
import json
import os
import time
from dataclasses import replace
from math import nan
from threading import Thread

import psutil
import pytest
import torch

from s2s_demo import checkpoints, training, training_state
from s2s_demo.custom import training_setup
from s2s_demo.custom.export.bundle import make_bundle
from s2s_demo.custom.jobs import job_queue, processes, retention, runs, worker
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.plan import Plan, guess_plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.explain import predict
from s2s_demo.prediction import UserError, Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.training_state import STATE_FILE
from s2s_demo.ui.custom import run_model
from train.__main__ import main

PAIRS = [(f"{i:03}", "even" if i % 2 == 0 else "odd") for i in range(80)]
PLAN = Plan(Shape.N21, "char", "word", Words("", ""))
RECIPE = Recipe(steps=12, batch=8, lr=1e-2, warmup=2, dim=8, score_every=4, save_every=4)


def asked(steps=12, **more):
    return Suggestion("gru", "encoder-only", replace(RECIPE, steps=steps, **more), 1000, 10.0, Words("왜", "why"))


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    """Runs of this test alone, one at a time, on one thread as in a worker."""
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "kept"))
    monkeypatch.setattr(job_queue, "AT_ONCE", 1)
    monkeypatch.setattr(job_queue, "SNAPSHOT_SECONDS", 0.0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
    for process in job_queue._PROCESSES:
        process.wait(30)


@pytest.fixture
def launched(monkeypatch):
    """The folders whose turn came; no process is started, this one stands for it."""
    found = []

    def launch(folder):
        found.append(folder)
        processes.note_worker(folder, os.getpid())

    monkeypatch.setattr(job_queue, "_launch", launch)
    return found


def begun(steps=12, **more):
    """A run whose turn has come, and its folder."""
    run = runs.start(PAIRS, PLAN, asked(steps, **more))
    return run, files.root() / run


def rows(folder):
    """What must repeat itself, digit for digit."""
    return [(r["step"], r["loss"], r["grad_norm"], r.get("scores")) for r in checkpoints.history_of(folder)]


def waited(run, until, seconds=60.0):
    end = time.monotonic() + seconds
    while not until(status := runs.status(run)):
        assert time.monotonic() < end, status
        time.sleep(0.01)
    return status


def test_a_killed_worker_is_told_and_goes_on_with_the_losses_of_one_that_was_not(monkeypatch):
    suggestion = asked(240, save_every=10, score_every=100)
    reversed_pairs, plan = [(x, x[::-1]) for x, _ in PAIRS], replace(PLAN, shape=Shape.N2N, by_y="char")
    run = runs.start(reversed_pairs, plan, suggestion)
    folder = files.root() / run
    while not (folder / STATE_FILE).exists():
        assert not (folder / "model").exists(), (folder / "log.txt").read_text("utf-8")
        time.sleep(0.005)
    psutil.Process(files.read_json(folder / "worker.json")["pid"]).kill()
    died = waited(run, lambda s: s.over)
    assert died.state == "died" and "last save" in died.message.en
    runs.resume(run)
    done = waited(run, lambda s: s.over)
    assert done.state == "done" and done.step == 240, (folder / "log.txt").read_text("utf-8")
    monkeypatch.setattr(job_queue, "_launch", lambda folder: None)
    whole = files.root() / runs.start(reversed_pairs, plan, suggestion)
    worker.train_run(whole)
    assert rows(folder) == rows(whole) and len(rows(whole)) > 50
    assert not (folder / "log.txt").read_text("utf-8")


def test_a_step_is_written_down_before_it_is_saved(launched, monkeypatch):
    _, folder = begun(save_every=5)
    keep, written = training.save_state, []

    def kept(*args):
        written.append((args[5], rows(folder)[-1][0]))
        keep(*args)

    monkeypatch.setattr(training, "save_state", kept)
    worker.train_run(folder)
    assert written == [(5, 5), (10, 10), (12, 12)]


def test_a_run_tells_how_it_goes_and_leaves_a_checkpoint(launched):
    run, folder = begun()
    assert runs.status(run).state == "starting" and launched == [folder]
    heard = []
    worker.train_run(folder, on_update=lambda data: heard.append(data["state"]))
    status = runs.status(run)
    assert set(heard) == {"running"}
    assert status.state == "done" and status.step == status.steps == 12 and status.left == 0
    assert [row["step"] for row in status.history] == list(range(1, 13))
    assert status.measure == "accuracy" and {b.name for b in status.baselines} >= {"majority"}
    assert status.facts == {"rows": 72, "held": 8, "leaks": 0, "unknown_x": 0, "unknown_y": 0, "clip": 1.0}
    assert len(status.examples) == status.scored == 8
    model = runs.model_of(run)
    assert [p.y for p in predict(model, [e.x for e in status.examples])] == [e.answer for e in status.examples]
    right = sum(e.right for e in status.examples) / 8
    assert status.score == right == checkpoints.facts_of(runs.model_folder(run))["score"]
    assert {path.name for path in (folder / "model").iterdir()} == set(checkpoints.FILES) - {"scores.json"}


def test_before_there_is_a_model_a_sentence_says_so(launched):
    with pytest.raises(UserError, match="no model yet"):
        runs.model_of(begun()[0])


def test_the_others_wait_and_know_their_place(launched):
    first, second, third = (runs.start(PAIRS, PLAN, asked()) for _ in range(3))
    assert [runs.status(run).state for run in (first, second, third)] == ["starting", "waiting", "waiting"]
    assert [(s.place, s.wait) for s in map(runs.status, (first, second, third))] == [(0, 0.0), (1, 10.0), (2, 20.0)]
    worker.train_run(files.root() / first)
    assert runs.status(third).place == 2 and len(launched) == 1  # looking moves nothing
    job_queue.advance()
    assert runs.status(third).place == 1
    assert runs.status(second).state == "starting" and len(launched) == 2


def test_too_many_that_wait_are_refused(launched, monkeypatch):
    monkeypatch.setattr(retention, "MOST_WAITING", 1)
    for _ in range(2):
        begun()
    with pytest.raises(UserError, match="1 trainings are waiting already"):
        begun()


def test_only_one_can_claim_a_run(launched, tmp_path):
    won = []
    threads = [Thread(target=lambda: won.append(job_queue.acquire(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_a_process_number_that_was_given_away_is_not_the_worker(launched):
    run, folder = begun()
    me = psutil.Process()
    files.write_json(folder / "worker.json", {"pid": me.pid, "created": me.create_time() - 100})
    assert runs.status(run).state == "died"
    files.write_json(folder / "worker.json", {"pid": me.pid, "created": me.create_time()})
    assert runs.status(run).state == "starting"


def test_stopped_and_gone_on_with_equals_uninterrupted(launched):
    whole, parts = begun()[1], begun()[1]
    worker.train_run(whole)
    worker.train_run(parts, stop_requested=lambda: stop_after(parts, 6))
    status = runs.status(parts.name)
    assert status.state == "stopped" and 0 < status.step < 12 and f"step {status.step} of 12" in status.message.en
    assert runs.model_of(parts.name)
    runs.resume(parts.name)
    worker.train_run(parts)
    assert runs.status(parts.name).state == "done"
    assert [row[:3] for row in rows(parts)] == [row[:3] for row in rows(whole)]


def test_a_test_file_is_read_as_the_training_pairs_were(launched):
    run, folder = begun()
    raw = [(" ab ", "ba "), ("", "x"), ("cd", " ")]
    assert run_model._as_trained(run, raw) == [("ab", "ba")]
    files.write_json(folder / "pairs.json", [(" ab", "ba"), ("cd", "dc")])
    assert run_model._as_trained(run, raw) == raw


def stop_after(folder, step):
    history = folder / "history.jsonl"
    return history.exists() and len(history.read_text("utf-8").splitlines()) >= step - 1


def test_the_flag_stops_it_and_a_waiting_run_never_begins(launched):
    first, folder = begun()
    second = begun()[0]
    runs.stop(first)
    assert runs.status(first).stopping and not runs.status(second).stopping
    worker.train_run(folder)
    assert not runs.status(first).stopping
    assert runs.status(first).state == "stopped" and runs.status(first).step == 1
    third = begun()[0]
    runs.stop(third)
    assert runs.status(third).state == "stopped" and runs.status(third).step == 0
    assert runs.status(second).state == "starting"
    runs.resume(third)
    assert runs.status(third).state == "waiting"
    runs.resume(third)
    assert runs.status(third).place == 1


@pytest.mark.parametrize(
    "state, says", [("stopped", "nothing was learnt"), ("died", "begins anew"), ("damaged", "begins anew")]
)
def test_a_run_that_kept_nothing_is_not_said_to_have_kept_anything(launched, state, says):
    run, folder = begun()
    data = files.status_of(folder)
    (folder / "worker.json").unlink()
    if state == "stopped":
        job_queue.release(folder)
        runs.stop(run)
    elif state == "died":
        (folder / "claim").unlink()
        files.write_json(folder / "status.json", {**data, "state": "running"})
    else:
        (folder / "status.json").write_text("{", "utf-8")
        (folder / "claim").unlink()
    status = runs.status(run)
    assert status.state == state and says in status.message.en
    assert (
        "kept" not in status.message.en
        and "저장했" not in status.message.ko
        and "마지막 저장본" not in status.message.ko
    )


def test_a_run_that_waits_to_go_on_keeps_what_it_learnt_when_it_is_stopped(launched):
    run, folder = begun()
    (folder / "stop").touch()
    worker.train_run(folder)
    runs.resume(run)
    job_queue.release(folder)
    runs.stop(run)
    assert runs.status(run).state == "stopped" and "what was learnt is kept" in runs.status(run).message.en


def test_labels_with_spaces_are_trained_answered_and_scored_whole(launched):
    pairs = [(f"{i:03} x" + " y" * (i % 2), "very good" if i % 2 == 0 else "bad") for i in range(80)]
    plan = guess_plan(pairs)
    folder = files.root() / runs.start(pairs, plan, asked(60, score_every=20, save_every=20))
    worker.train_run(folder)
    status = runs.status(folder.name)
    assert status.state == "done", status.message.en
    assert {p.y for p in run_model.predictions(folder.name, [x for x, _ in pairs], False)} <= {"very good", "bad"}
    assert status.score == 1.0, "the label stands opposite in x: it is learnt, and counted with its spaces"
    made = make_bundle(runs.model_of(folder.name), runs.facts_of(folder.name), "card")
    assert b"predict.py" in made


def test_a_finished_run_goes_on_with_a_warm_restart(launched):
    run, folder = begun()
    worker.train_run(folder)
    before = rows(folder)
    low = runs.status(run).history[-1]["lr"]
    runs.resume(run, 8)
    assert runs.status(run).steps == 20
    worker.train_run(folder)
    status = runs.status(run)
    assert status.state == "done" and status.step == 20 and rows(folder)[:12] == before
    rates = [row["lr"] for row in status.history[12:]]
    assert rates[0] > 5 * low and rates == sorted(rates, reverse=True)


def test_a_finished_run_has_an_end(launched, monkeypatch):
    run, folder = begun()
    worker.train_run(folder)
    monkeypatch.setattr(runs, "MOST_STEPS", 12)
    with pytest.raises(UserError, match="12 steps already"):
        runs.resume(run)
    assert runs.status(run).state == "done"


def test_its_time_is_bounded(launched):
    run, folder = begun()
    worker.train_run(folder, seconds=0)
    assert runs.status(run).state == "stopped" and "minutes of a run are over" in runs.status(run).message.en


def test_a_full_disk_is_told_and_loses_nothing_kept(launched, monkeypatch):
    run, folder = begun()
    whole, saved = training_state.save_file, []

    def full(tensors, path, metadata):
        whole(tensors, path, metadata)
        if saved:
            raise OSError(errno.ENOSPC, "No space left on device")
        saved.append(metadata["step"])

    with monkeypatch.context() as patch:
        patch.setattr(training_state, "save_file", full)
        worker.train_run(folder)
    status = runs.status(run)
    assert status.state == "failed" and "disk is full" in status.message.en and saved == ["4"]
    assert not list(folder.glob("*.part"))
    runs.resume(run)
    worker.train_run(folder)
    assert runs.status(run).state == "done" and len(rows(folder)) == 12


def test_the_spare_room_is_given_up_for_the_last_word(launched, monkeypatch):
    run, folder = begun()
    write = files.write_json

    def full(path, data):
        if (folder / "spare").exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, data)

    monkeypatch.setattr(files, "write_json", full)
    worker.train_run(folder)
    assert runs.status(run).state == "failed" and "disk is full" in runs.status(run).message.en


def test_a_disk_that_is_full_at_the_start_leaves_nothing_behind(monkeypatch):
    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "write_json", full)
    with pytest.raises(UserError, match="disk is full"):
        begun()
    assert {path.name for path in files.root().iterdir()} <= {"queue.lock"}


def test_a_folder_of_somebody_else_is_not_used(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: -1)
    with pytest.raises(UserError, match="cannot be written"):
        begun()


def test_a_crash_ends_in_a_sentence(launched, monkeypatch, capsys):
    run, folder = begun()

    def broken(*args, **options):
        raise RuntimeError("secret")

    monkeypatch.setattr(worker, "fit", broken)
    worker.train_run(folder)
    status = runs.status(run)
    assert status.state == "failed" and "secret" not in status.message.en + status.message.ko
    assert "secret" in capsys.readouterr().err


def test_a_loss_that_is_no_number_ends_it(launched, monkeypatch):
    run, folder = begun()
    fit = worker.fit

    def exploding(*args, **options):
        for progress in fit(*args, **options):
            yield replace(progress, loss=nan) if progress.step == 6 else progress

    monkeypatch.setattr(worker, "fit", exploding)
    worker.train_run(folder)
    status = runs.status(run)
    assert status.state == "failed" and "step 6" in status.message.en and (folder / STATE_FILE).exists()
    json.dumps(status.history, allow_nan=False)


def test_a_damaged_save_is_told(launched):
    run, folder = begun()
    worker.train_run(folder, seconds=0)
    (folder / STATE_FILE).write_bytes(b"no tensors")
    runs.resume(run)
    worker.train_run(folder)
    assert runs.status(run).state == "failed" and "damaged" in runs.status(run).message.en


def test_the_status_is_written_at_most_twice_a_second(tmp_path, monkeypatch):
    now, written = [100.0], []
    monkeypatch.setattr(worker.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(files, "write_json", lambda path, data: written.append(data["step"]))
    run = worker.ActiveRun(tmp_path)
    for step in range(100):
        now[0] += 0.1
        run.update(step=step)
    assert len(written) <= 21 and written[0] == 0


def test_old_runs_are_forgotten_and_running_ones_are_not(launched):
    old, folder = begun()
    worker.train_run(folder)
    running, busy = begun()
    for path in (*folder.iterdir(), folder, *busy.iterdir(), busy):
        os.utime(path, (1, 1))
    assert runs.delete_unused() == 1 and not folder.exists() and busy.exists()
    with pytest.raises(UserError, match="no such run"):
        runs.status(old)
    assert runs.delete_unused(0) == 0 and runs.status(running)
    runs.delete(running)
    assert not busy.exists()


@pytest.mark.parametrize("name", ["", "../x", "0" * 23, "g" * 24, "0" * 24, "A" * 24, "/etc/passwd"])
def test_a_name_that_is_no_run_is_refused(name, tmp_path):
    with pytest.raises(UserError, match="no such run"):
        runs.status(name)


def test_names_cannot_be_guessed_and_folders_not_read(launched):
    names = {begun()[0] for _ in range(3)}
    assert len(names) == 3 and all(len(name) == 24 for name in names)
    assert all((files.root() / name).stat().st_mode & 0o077 == 0 for name in names)


def test_bounds(launched, monkeypatch):
    monkeypatch.setattr(training_setup, "MOST_PAIRS", 79)
    with pytest.raises(UserError, match="80 pairs are too many"):
        begun()
    monkeypatch.setattr(training_setup, "MOST_PAIRS", 80)
    monkeypatch.setattr(training_setup, "LONGEST", 2)
    with pytest.raises(UserError, match="Pair 1 has more than 2 steps"):
        begun()
    monkeypatch.setattr(training_setup, "MOST_CHARACTERS", 10)
    with pytest.raises(UserError, match="characters in all"):
        begun()
    assert not files.root().exists()


def test_any_text_survives_the_folder(launched):
    odd = [(f"\ud800한{i}\n\x00", f"=cmd({i})") for i in range(20)]
    run = runs.start(odd, replace(PLAN, shape=Shape.N2M), replace(asked(), approach="encoder-decoder"))
    assert files.pairs_of(files.root() / run) == odd
    assert files.plan_of(files.root() / run).shape is Shape.N2M
    assert files.suggestion_of(files.root() / run)[0].recipe == RECIPE


@pytest.fixture
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.tsv").write_text("\n".join(f"{x}\t{y}" for x, y in PAIRS), "utf-8")


@pytest.mark.usefixtures("_here")
def test_the_command_trains_tells_and_goes_on(tmp_path, capsys):
    words = ["pairs", "my.tsv", "--engine", "gru", "--steps", "4", "--size", "1", "--out", "made"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "gru · encoder-only" in out and "majority" in out and "kept in made" in out
    assert checkpoints.load_from(tmp_path / "made").engine.name == "gru"
    assert main([*words, "--resume"]) == 0
    again = [*words[:5], "6", *words[6:], "--resume"]
    assert main(again) == 0
    assert checkpoints.facts_of(tmp_path / "made")["steps"] == 6
    assert not files.root().exists()


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("more", [["my.tsv", "--shape", "n3"], ["my.tsv", "--engine", "abacus"], ["few.tsv"]], ids=str)
def test_the_command_refuses_in_one_sentence(more, capsys, tmp_path):
    (tmp_path / "few.tsv").write_text("a\tb\nc\td\n", "utf-8")
    assert main(["pairs", *more]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_command_refuses_a_file_that_is_not_there(tmp_path, capsys):
    assert main(["pairs", str(tmp_path / "none.tsv")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_symbols_never_met_and_pairs_that_were_trained_on_are_told(launched, tmp_path):
    _, folder = begun()
    worker.train_run(folder)
    task = run_model.task_of(folder.name)
    known = next(task.pairs("train", 0))
    assert run_model.unknown_symbols_note(task, run_model.answer(folder.name, known[0]), "en") == ""
    told = run_model.unknown_symbols_note(task, run_model.answer(folder.name, known[0] + "한*"), "en")
    assert "never met in training: 2" in told and "한" in told and "&#42;" in told
    held = next(task.pairs("test", 0))
    (tmp_path / "both.tsv").write_text("\n".join("\t".join(pair) for pair in [known, held]), "utf-8")
    assert "1 of these pairs were trained on" in run_model.score_file(folder.name, str(tmp_path / "both.tsv"), "en")
    (tmp_path / "held.tsv").write_text("\n".join(["\t".join(held)] * 3), "utf-8")
    assert "trained on" not in run_model.score_file(folder.name, str(tmp_path / "held.tsv"), "en")
