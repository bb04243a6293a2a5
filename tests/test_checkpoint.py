"""Checkpoints and the Hub: what was saved is found, and what is missing or damaged is told in one sentence."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import huggingface_hub
import pytest
import torch
from huggingface_hub.errors import LocalEntryNotFoundError
from safetensors.torch import load_file, save_file

import s2s_demo
from s2s_demo import checkpoints
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach, Shape

FACTS = {"seed": 0, "steps": 3}


@pytest.fixture
def root(tmp_path, monkeypatch):
    """No checkpoints."""
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def put(root, new_model):
    """(engine, seed=0, **options) -> the folder of a new toy model among the checkpoints."""

    def put(engine, seed=0, **options):
        model = new_model(Shape.N2N, engine, **options)
        folder = checkpoints.folder_of("toy-n2n", Shape.N2N, engine, Approach.ENCODER_ONLY, seed)
        checkpoints.save(model, folder, {**FACTS, "seed": seed}, ['{"step": 1}', '{"step": 2}'], "# card")
        return folder

    return put


def told(*words, **options):
    """The sentences with which a load is refused."""
    with pytest.raises(UserError) as refused:
        checkpoints.load(*words, **options)
    sentences = refused.value.words
    for sentence in (sentences.ko, sentences.en):
        assert sentence.strip() and "\n" not in sentence
    return sentences


def test_folders_name_only_what_is_not_natural(tmp_path):
    of = checkpoints.folder_of
    assert of("t", Shape.N2N, "rnn", Approach.ENCODER_ONLY, root=tmp_path) == tmp_path / "t" / "rnn"
    assert of("t", Shape.N2M, "rnn", Approach.ENCODER_DECODER, root=tmp_path) == tmp_path / "t" / "rnn"
    assert of("t", Shape.N2M, "rnn", Approach.DECODER_ONLY, 2, tmp_path).name == "rnn-decoder-only-seed2"
    assert of("t", Shape.LM, "rnn", Approach.DECODER_ONLY, 1, tmp_path).name == "rnn-seed1"


def test_the_shelf_stands_in_the_order_of_the_engines(root, put):
    for engine, seed in (("transformer", 0), ("rnn", 1), ("rnn", 0), ("conv", 0)):
        put(engine, seed)
    assert [(e.engine, e.seed) for e in checkpoints.available()] == [
        ("conv", 0),
        ("rnn", 0),
        ("rnn", 1),
        ("transformer", 0),
    ]
    assert checkpoints.available("toy-n2n") == checkpoints.available() and checkpoints.available("other") == []


def test_a_checkpoint_is_found_by_name_and_seed(put):
    put("gru")
    put("gru", 1)
    model = checkpoints.load("toy-n2n", "gru", device="cpu")
    assert not model.training and not any(p.requires_grad for p in model.parameters())
    assert checkpoints.load("toy-n2n", "gru", device="cpu") is model
    assert checkpoints.load("toy-n2n", "gru", "encoder-only", seed=1, device="cpu") is not model


def test_a_model_that_was_trained_again_is_loaded_again(put):
    folder = put("gru")
    before = checkpoints.load("toy-n2n", "gru", device="cpu").head.bias.clone()
    weights = load_file(folder / "model.safetensors")
    weights["head.bias"] += 1
    save_file(weights, folder / "model.safetensors")
    assert checkpoints.write_digest(folder / "config.json", folder / "model.safetensors")
    stamp = folder.stat().st_mtime + 10
    os.utime(folder / "model.safetensors", (stamp, stamp))
    assert torch.allclose(checkpoints.load("toy-n2n", "gru", device="cpu").head.bias, before + 1)


def test_a_loaded_model_outlives_its_file(put):
    path = put("gru") / "model.safetensors"
    model = checkpoints.load("toy-n2n", "gru", device="cpu")
    before = [parameter.clone() for parameter in model.parameters()]
    path.write_bytes(b"\0" * path.stat().st_size)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_facts_and_history_are_read_back(put):
    folder = put("lstm")
    facts = checkpoints.facts_of(folder)
    assert facts["steps"] == 3 and facts["scores"] == {} and facts["model"]["engine"] == "lstm"
    (folder / "scores.json").write_text('{"exact": 1.0}')
    assert checkpoints.facts_of(folder)["scores"] == {"exact": 1.0}
    assert [row["step"] for row in checkpoints.history_of(folder)] == [1, 2]
    (folder / "history.jsonl").unlink()
    assert list(checkpoints.history_of(folder)) == []
    assert (folder / "README.md").read_text() == "# card"


@pytest.mark.parametrize("dim, kind", [(8, torch.float32), (64, torch.float16)])
def test_only_large_models_are_kept_in_half_precision(dim, kind, root, toy_task):
    model = Seq2Seq(ModelConfig.of(toy_task(Shape.N2N), "lstm", dim=dim, depth=2))
    assert (model.parameters_count > 30_000) == (kind is torch.float16)
    checkpoints.save(model, root / "toy-n2n" / "lstm", FACTS, [], "")
    kept = load_file(root / "toy-n2n" / "lstm" / "model.safetensors")
    tall = {name for name, value in model.state_dict().items() if value.ndim == 2 and len(value) >= 64}
    assert bool(tall) == (kind is torch.float16)
    assert {value.dtype for name, value in kept.items() if name not in tall} == {kind}
    loaded = checkpoints.load("toy-n2n", "lstm", device="cpu")
    for (name, mine), again in zip(model.named_parameters(), loaded.parameters(), strict=True):
        assert again.dtype is torch.float32
        if name in tall:
            assert ((mine - again).abs() <= 0.51 * mine.abs().amax(1, keepdim=True) / 127 + 0.001 * mine.abs()).all()
        else:
            assert torch.equal(mine.to(kind).float(), again)


def test_what_is_not_there_is_answered_with_what_is(put):
    put("gru")
    for words in (("toy-n2n", "lstm"), ("toy-n2n", "gru", "decoder-only"), ("toy-n2n",)):
        assert "gru (encoder-only)" in told(*words).en
    assert "gru" in told("toy-n2n", "gru", seed=7).ko
    assert "—" in told("no-such-task", "gru").en


def damage_json(folder, change):
    data = json.loads((folder / "config.json").read_text())
    change(data)
    (folder / "config.json").write_text(json.dumps(data))


HOSTILE = {
    "too wide": lambda d: d["model"].update(dim=10**9),
    "too deep": lambda d: d["model"]["options"].update(depth=10**6),
    "too wide inside": lambda d: d["model"]["options"].update(wide=10**9),
    "kernel": lambda d: d["model"]["options"].update(kernel=10**9),
    "negative": lambda d: d["model"].update(dim=-8),
    "words for numbers": lambda d: d["model"].update(dim="eight"),
    "nothing for a number": lambda d: d["model"].update(dim=None),
    "a fraction": lambda d: d["model"].update(dim=8.5),
    "options": lambda d: d["model"].update(options=[1, 2]),
    "unknown option": lambda d: d["model"]["options"].update(speed=9),
    "unknown field": lambda d: d["model"].update(run="rm -rf"),
    "missing field": lambda d: d["model"].pop("x_codec"),
    "shape": lambda d: d["model"].update(shape="N2X"),
    "approach": lambda d: d["model"].update(approach="backwards"),
    "unfit approach": lambda d: d["model"].update(shape="LM"),
    "engine": lambda d: d["model"].update(engine="os.system"),
    "codec": lambda d: d["model"].update(x_codec={"kind": "pickle"}),
    "codec without symbols": lambda d: d["model"].update(x_codec={"kind": "symbols"}),
    "no codec": lambda d: d["model"].update(x_codec=None),
    "other width": lambda d: d["model"].update(dim=16),
    "longest": lambda d: d["model"].update(longest=10**12),
    "model": lambda d: d.update(model=[]),
    "vocabulary": lambda d: d["model"]["x_codec"].update(symbols=list(range(200_000))),
}


@pytest.mark.parametrize("engine", ["transformer", "conv"])
@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_config_is_told_and_takes_no_memory(engine, change, put):
    folder = put(engine)
    damage_json(folder, change)
    with pytest.raises((UserError, ValueError)):
        checkpoints._loaded(folder, "cpu", 0.0)
    told("toy-n2n", engine, device="cpu")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b"junk", lambda b: b[: len(b) // 2], lambda b: b"\xff" * 99]
)
def test_damaged_files_are_told_and_hide_no_others(name, damage, put, tmp_path):
    put("rnn")
    path = put("gru") / name
    path.write_bytes(damage(path.read_bytes()))
    told("toy-n2n", "gru", device="cpu")
    assert checkpoints.load("toy-n2n", "rnn", device="cpu").config.engine == "rnn"


def test_damaged_scores_spoil_no_answer(put):
    (put("rnn") / "scores.json").write_text("{")
    assert checkpoints.load("toy-n2n", "rnn", device="cpu")


def test_missing_weights_are_told(put):
    (put("rnn") / "model.safetensors").unlink()
    assert "rnn" in told("toy-n2n", "rnn", device="cpu").en


def no_network(*args, **options):
    raise AssertionError("the network was asked")


@pytest.mark.parametrize("name", ["a/b/c", "/etc", "user/", "../../x", "user/re po", "user/repo?x", "https://x.y/z"])
def test_a_malformed_name_never_reaches_the_hub(name, monkeypatch):
    monkeypatch.setattr(huggingface_hub, "snapshot_download", no_network)
    assert "user/repo" in told(name).en


@pytest.mark.parametrize("error", [LocalEntryNotFoundError("offline"), OSError("no route"), ConnectionError("reset")])
def test_the_hub_out_of_reach_is_one_sentence(error, monkeypatch):
    def unreachable(*args, **options):
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    assert "someone/model" in told("someone/model").en


def test_the_hub_is_asked_only_for_our_files_and_the_cache_first(put, monkeypatch):
    folder, asked = put("gru"), []

    def download(repo, **options):
        asked.append((repo, options["local_files_only"]))
        assert set(options["allow_patterns"]) == set(checkpoints.FILES)
        if options["local_files_only"]:
            raise LocalEntryNotFoundError("not yet")
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    assert checkpoints.load("someone/model", device="cpu").config.engine == "gru"
    assert asked == [("someone/model", True), ("someone/model", False)]


def test_nothing_here_unpickles():
    pattern = re.compile(r"\bpickle\.|import pickle|torch\.load\b|\bjoblib\b|\bmarshal\b|\beval\(|(?<!\.)\bexec\(")
    sources = list(Path(s2s_demo.__file__).parent.rglob("*.py"))
    found = [
        (path.name, line) for path in sources for line in path.read_text("utf-8").splitlines() if pattern.search(line)
    ]
    assert len(sources) > 20
    assert all(".eval(" in line for _, line in found), found


def test_the_shipped_shelf_loads():
    shipped = Path(s2s_demo.__file__).resolve().parent.parent / "checkpoints"
    entries = checkpoints.available(root=shipped)
    assert len(entries) == len(list(shipped.glob("*/*/config.json"))) > 100
    for entry in entries:
        model = checkpoints._loaded(entry.folder, "cpu", 0.0)
        assert model.config.task == entry.task
        assert (entry.folder / "model.safetensors").stat().st_size < 9.5 * 2**20


def test_tall_tables_are_kept_in_eight_bits_and_come_back_within_half_a_step():
    torch.manual_seed(0)
    tall, low, bias = torch.randn(64, 8) * 3, torch.randn(63, 8), torch.randn(2000)
    tall[7] = 0
    stored = checkpoints.quantized({"tall": tall, "low": low, "bias": bias}, True)
    assert stored["tall"].dtype is torch.int8 and stored["low"].dtype is stored["bias"].dtype is torch.float16
    again = checkpoints.dequantized(stored)
    assert set(again) == {"tall", "low", "bias"} and all(value.dtype is torch.float32 for value in again.values())
    step = tall.abs().amax(1, keepdim=True) / 127
    assert ((again["tall"] - tall).abs() <= 0.51 * step + 0.001 * tall.abs()).all()
    assert (again["tall"][7] == 0).all() and torch.equal(again["low"], low.half().float())
    exact = checkpoints.quantized({"tall": tall}, False)
    assert torch.equal(checkpoints.dequantized(exact)["tall"], tall)


def test_the_shelf_is_small_enough_to_clone():
    files = [path for path in checkpoints.ROOT.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 96_000_000
