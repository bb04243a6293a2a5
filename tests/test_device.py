"""Which device computes, and what crosses to it: the choice, its sentences, draws that belong to their block, state that is nobody's."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
import torch
from accelerate.state import AcceleratorState, PartialState
from torch import nn

from s2s_demo import checkpoints, device, tasks
from s2s_demo.codecs.hashed_ngrams import FIRST, LETTERS
from s2s_demo.device import GPUUnavailable
from s2s_demo.embed import LetterEncoder
from s2s_demo.engines._attention import rotate
from s2s_demo.lab.race.race import race
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.recipe import Recipe
from s2s_demo.seeding import LocalSeed
from s2s_demo.training import fit
from s2s_demo.ui import bar, gpu, page

ROOT = Path(__file__).resolve().parent.parent
ADDITION = tasks.get("addition")
DROPPED = Recipe(steps=8, batch=8, lr=1e-2, warmup=2, dim=16, drop=0.3)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    device._chosen.cache_clear()
    monkeypatch.delenv("S2S_DEVICE", raising=False)
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    yield
    device._chosen.cache_clear()


def there(monkeypatch, *names):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in names)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in names)


@pytest.mark.parametrize(
    "names, asked, found",
    [
        ((), "", "cpu"),
        (("cuda",), "", "cuda"),
        (("mps",), "", "cpu"),
        (("mps",), "mps", "mps"),
        (("cuda",), "cpu", "cpu"),
        (("cuda", "mps"), " MPS ", "mps"),
    ],
)
def test_the_choice(monkeypatch, names, asked, found):
    there(monkeypatch, *names)
    monkeypatch.setenv("S2S_DEVICE", asked)
    assert device.chosen() == device.Choice(found) and device.best_device() == found


@pytest.mark.parametrize("asked", ["cuda", "mps"])
def test_an_absent_device_is_the_cpu_and_the_start_says_so(monkeypatch, asked, caplog):
    there(monkeypatch)
    monkeypatch.setenv("S2S_DEVICE", asked)
    assert device.best_device() == "cpu" and bar._device() == "CPU"
    page._log_what_is_missing()
    assert f"S2S_DEVICE={asked}" in caplog.text and "the CPU is used" in caplog.text


@pytest.mark.parametrize("asked", ["gpu", "cuda:0", "x" * 500, "{0.__class__}"])
def test_a_value_that_names_no_device_is_one_sentence(monkeypatch, asked):
    monkeypatch.setenv("S2S_DEVICE", asked)
    with pytest.raises(UserError) as told:
        device.best_device()
    for words in vars(told.value.words).values():
        assert "cpu, cuda, mps" in words and len(words) < 150


def test_the_start_ends_in_that_sentence():
    env = {**os.environ, "S2S_DEVICE": "gpu"}
    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == "S2S_DEVICE must be one of cpu, cuda, mps: it is ‘gpu’."
    assert "Traceback" not in done.stderr


def test_on_zerogpu_the_cpu_answers_though_torch_says_there_is_a_gpu(monkeypatch):
    there(monkeypatch, "cuda")
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    assert device.best_device() == "cpu" and checkpoints.load("addition", "rnn").device.type == "cpu"
    with device.allocated_gpu() as name:
        assert name == device.best_device() == "cuda"
    assert device.best_device() == "cpu"


def test_a_gpu_that_fails_is_not_the_end_of_an_answer(monkeypatch, caplog):
    there(monkeypatch, "cuda")
    there_are = []

    def load(task, engine, approach, *, device):
        there_are.append(device)
        return device

    def ask(model):
        if model == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return f"answered by {model}"

    monkeypatch.setattr(checkpoints, "load", load)
    assert gpu.with_model("addition", "rnn", "", ask) == "answered by cpu" and there_are == ["cuda", "cpu"]
    assert "cuda failed" in caplog.text and "OutOfMemoryError" in caplog.text


@pytest.mark.parametrize("kind", [UserError, GPUUnavailable])
def test_a_sentence_crosses_to_another_process_whole(kind):
    error = pickle.loads(pickle.dumps(kind("가", "a")))
    assert type(error) is kind and (error.words.ko, error.words.en, str(error)) == ("가", "a", "a")


# draws


def drawn():
    """Draws of every kind, those too that no list of ours knows."""
    weights = torch.zeros(4, 4)
    found = [torch.randn(3), torch.randint(9, (3,)), torch.randperm(7), nn.init.trunc_normal_(weights.clone())]
    found += [nn.functional.dropout(torch.ones(9)), torch.bernoulli(torch.full((9,), 0.5)), torch.normal(weights, 1.0)]
    return [
        *found,
        torch.multinomial(torch.ones(9), 3),
        nn.init.sparse_(weights.clone(), 0.5),
        nn.GRU(2, 2).weight_hh_l0,
    ]


def test_every_draw_of_a_block_is_its_seeds_and_moves_nobody_elses():
    torch.manual_seed(7)
    alone = drawn()
    torch.manual_seed(5)
    before = torch.get_rng_state()
    block = LocalSeed(7)
    with block:
        again = drawn()
    assert torch.equal(before, torch.get_rng_state()) and all(map(torch.equal, alone, again))
    torch.manual_seed(7)
    drawn()
    later = torch.rand(3)
    with block:
        assert torch.equal(torch.rand(3), later)


def losses(seed):
    with LocalSeed(seed):
        model = Seq2Seq(ModelConfig.of(ADDITION, "gru", dim=16, drop=0.3))
    return [p.loss for p in fit(model, ADDITION, DROPPED, seed=seed, cpu=True)]


def test_trainings_of_one_process_do_not_draw_from_each_other():
    alone, found = [losses(seed) for seed in range(3)], {}
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [Thread(target=lambda s=seed: found.update({s: losses(s)})) for seed in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert [found[seed] for seed in range(3)] == alone


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_that_is_forked_while_others_draw_can_draw():
    held, done = Event(), Event()

    def hold():
        with LocalSeed(0):
            held.set()
            done.wait(60)

    thread = Thread(target=hold)
    thread.start()
    held.wait(60)
    try:
        child = os.fork()
        if not child:
            with LocalSeed(1):
                os._exit(0 if float(torch.rand(1)) < 1 else 1)
        assert os.waitpid(child, 0)[1] == 0
    finally:
        done.set()
        thread.join()


# training


def test_nothing_of_a_training_stays_in_the_process_nor_on_the_model():
    model = Seq2Seq(ModelConfig.of(ADDITION, "gru", dim=8))
    state = torch.get_rng_state()
    assert len(list(fit(model, ADDITION, replace(DROPPED, steps=2), cpu=True))) == 2
    assert len(list(race("addition", ["independent", "rnn"], most_steps=2))) >= 2
    assert not PartialState._shared_state and not AcceleratorState._shared_state
    assert "forward" not in vars(model) and torch.equal(state, torch.get_rng_state())


# what not every device can


@pytest.mark.parametrize("first, steps", [(0, 5), (3, 1), (63, 2), (200, 1), (0, 300)])
@pytest.mark.parametrize("width", [6, 7])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_turns_are_those_of_float64_rounded_once(first, steps, width, dtype):
    x = torch.randn(2, 3, steps, width, dtype=dtype)
    half = width // 2
    speed = 10_000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(first, first + steps, dtype=torch.float64)[:, None] * speed
    cos, sin, a, b = angle.cos().to(dtype), angle.sin().to(dtype), x[..., :half], x[..., half : 2 * half]
    wanted = torch.cat([a * cos - b * sin, a * sin + b * cos, x[..., 2 * half :]], -1)
    assert torch.equal(rotate(x, first), wanted)


def test_letters_read_one_by_one_are_those_read_packed():
    module = LetterEncoder(8).double()
    letters = torch.randint(FIRST, FIRST + LETTERS, (3, 5, 6))
    letters.masked_fill_(torch.arange(6) >= torch.tensor([0, 1, 3, 6, 2])[:, None], 0)
    assert torch.allclose(module._packed(letters), module._padded(letters), atol=1e-12)
