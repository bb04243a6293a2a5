"""The page on ZeroGPU, in a stand-in for it: only trainings borrow a GPU, sentences cross whole, and what is refused goes on on the CPU."""

from __future__ import annotations

import pickle
from functools import partial

import pytest
import torch

from s2s_demo import checkpoints, device, engines, tasks
from s2s_demo.custom.jobs import job_queue, runs, worker, zerogpu
from s2s_demo.custom.plan import Plan
from s2s_demo.lab.attention import heads
from s2s_demo.lab.race.race import race
from s2s_demo.prediction import UserError, Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.ui import bar, gpu, page
from s2s_demo.ui.custom import panel
from s2s_demo.ui.task import answering, lens_view
from s2s_demo.ui.user_errors import user_errors_only
from tests import claimed_runs, shipped
from tests.zero_gpu import ZeroGPU

PAIRS = [(f"{i:03}", "even" if i % 2 == 0 else "odd") for i in range(40)]
PLAN = Plan(Shape.N21, "char", "word", Words("", ""))
RECIPE = Recipe(steps=4, batch=8, lr=1e-2, warmup=2, dim=8, drop=0.2, score_every=50, save_every=50)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # newer Pythons warn of forks beside threads


@pytest.fixture
def lender(monkeypatch, tmp_path):
    """(refuses=..., limit=...) -> the stand-in, in the place of the package."""

    def lends(**options):
        zero = ZeroGPU(**options)
        monkeypatch.setattr(gpu, "spaces", zero)
        return zero

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.delenv("S2S_DEVICE", raising=False)
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "kept"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)  # as the package patches it
    monkeypatch.setattr(job_queue, "_LAUNCHER", [])
    monkeypatch.setattr(zerogpu, "SLICE_SECONDS", 0.0)  # one step a slice
    device._chosen.cache_clear()
    yield lends
    device._chosen.cache_clear()


def claimed(monkeypatch):
    return claimed_runs.claimed(monkeypatch, PAIRS, PLAN, RECIPE)


def rows(folder):
    return [(row["step"], row["loss"]) for row in checkpoints.history_of(folder)]


def test_nothing_but_training_borrows_a_gpu(lender):
    zero = lender()
    panel._use_zerogpu()
    assert bar._device() == "CPU · ZeroGPU"
    answer = answering.answer(tasks.get("addition"), "transformer", "", "47+9")
    lens_view.with_lens(tasks.get("addition"), answer, "transformer", "", "occlusion")
    assert answer.y == "056" and answer.device == "cpu" and '"56"' in page.answer("addition", "rnn", "47+9")
    assert zero.lent == ["train_slice"] and not zero.calls


@pytest.mark.parametrize("name", shipped.TASKS)
def test_a_head_is_taken_out_on_every_task(lender, monkeypatch, toy_sets, name):
    zero, task = lender(), tasks.get(name)
    monkeypatch.setattr(heads, "ablate", partial(heads.ablate, n=2))
    engine = next(e for e in ("transformer", "attention") if engines.get(e).attends)
    model = checkpoints.load(name, engine, seed=0)
    (x, _), *_ = task.pairs("dev", 0)
    where = heads.place_and_head(lens_view.answering.predict_parsed(model, [x], look=True)[0].trace.of("attention")[0])
    found = lens_view._ablate(name, engine, task.approaches[0].value, where)
    assert found.n and 0 <= found.whole <= 1 and not zero.calls
    assert pickle.loads(pickle.dumps((name, engine, "", where, found)))


def test_a_race_and_then_slices(lender, monkeypatch):
    assert list(race("addition", ["independent", "rnn"], most_steps=1))[-1].over
    zero, folder, whole = lender(), claimed(monkeypatch), claimed(monkeypatch)
    zerogpu.train_in_slices(folder, gpu.on_zerogpu(zerogpu.train_slice, 40))
    worker.train_run(whole)
    assert runs.status(folder.name).state == "done" and zero.calls == RECIPE.steps
    assert [step for step, _ in rows(folder)] == [1, 2, 3, 4] == [step for step, _ in rows(whole)]
    assert "GPU" in checkpoints.facts_of(folder / "model")["machine"]


def test_a_refused_quota_is_told_and_the_cpu_goes_on(lender, monkeypatch):
    zero, folder = lender(refuses=range(3, 99)), claimed(monkeypatch)
    zerogpu.train_in_slices(folder, gpu.on_zerogpu(zerogpu.train_slice, 40), zerogpu.train_in_process)
    status = runs.status(folder.name)
    assert (status.state, zero.calls, [step for step, _ in rows(folder)]) == ("done", 3, [1, 2, 3, 4])
    for said in ("used up", "again in 1:23:45", "After step 2 the CPU trains it"):
        assert said in status.message.en
    assert "2단계 다음부터는 CPU" in status.message.ko and runs.model_of(folder.name)


def test_what_takes_too_long_goes_on_on_the_cpu(lender, monkeypatch):
    zero, folder = lender(limit=0.0), claimed(monkeypatch)
    zerogpu.train_in_slices(folder, gpu.on_zerogpu(zerogpu.train_slice, 40), worker.train_run)
    status = runs.status(folder.name)
    assert (status.state, zero.calls) == ("done", 1)
    assert "did not answer in time. After step 0 the CPU" in status.message.en


def refusing(text):
    raise UserError(f"‘{text}’ 아니요", f"not ‘{text}’")


def computing(text):
    raise ValueError(text)


def test_a_sentence_from_inside_reaches_the_visitor_as_itself(lender):
    lender()
    with pytest.raises(UserError) as told:
        user_errors_only(gpu.on_zerogpu(refusing, 9))("x")
    assert vars(told.value.words) == {"ko": "‘x’ 아니요", "en": "not ‘x’"}
    with pytest.raises(device.GPUUnavailable, match="failed, or did not answer"):
        user_errors_only(gpu.on_zerogpu(computing, 9))("x")


@pytest.mark.parametrize("refuses, said", [((1,), "used up for now"), ((), "")])
def test_a_quota_that_is_used_up_reaches_the_visitor_as_itself(lender, refuses, said):
    lender(refuses=refuses)
    with pytest.raises(UserError) as told:
        user_errors_only(gpu.on_zerogpu(refusing, 9))("x")
    assert said in told.value.words.en
