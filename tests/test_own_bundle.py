"""A model that is taken away answers as it does here, where there is torch and safetensors and nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import traceback
from dataclasses import replace
from io import BytesIO
from itertools import chain
from pathlib import Path, PurePosixPath
from random import Random
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
import torch
from safetensors.torch import load

from s2s_demo import checkpoints, engines
from s2s_demo.codecs import Answer, DigitPairs, Expression, Frames, HashedNgrams, Numbers, Subwords, Symbols
from s2s_demo.codecs.hashed_ngrams import word_hashes
from s2s_demo.custom.export.bundle import PACKAGE, make_bundle, sources
from s2s_demo.custom.export.card import make_card
from s2s_demo.custom.export.publish import push
from s2s_demo.explain import predict
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError, Words
from s2s_demo.task import Approach, Shape, Task
from tests.conftest import CELLS, DIM, FIFTH, OPTIONS, cells_of_a_push, redrawn

ALONE = Path(__file__).with_name("alone.py")
FACTS = {
    "name": "my-pairs",
    "rows": 4500,
    "held": 500,
    "steps": 2000,
    "batch": 64,
    "seed": 3,
    "seconds": 95.2,
    "machine": "2 CPU cores",
    "measure": "exact",
    "score": 0.984,
    "baseline": 0.031,
    "baseline_name": "most frequent y",
}
DIGITS = [*(f"{3 + 50 * i}{'+-*'[i % 3]}{9 * i}" for i in range(99)), "99999+1"]
TOKEN = "hf_do_not_tell_anybody"


def loud(config: ModelConfig) -> Seq2Seq:
    made = Seq2Seq(config)
    redrawn(made)
    return made.eval()


def letters(alphabet: str, least: int = 1, most: int = 9) -> list[str]:
    draw = Random(0)
    return ["".join(draw.choices(alphabet, k=draw.randint(least, most))) for _ in range(100)]


def with_codecs(shape: Shape, engine: str, x_codec, y_codec, approach: Approach | None = None, **more) -> Seq2Seq:
    task = Task("codecs", Words("", ""), Words("", ""), shape, lambda s, i: iter(()), x_codec, y_codec, longest=12)
    return loud(ModelConfig.of(task, engine, approach, dim=DIM, **more, **OPTIONS.get(engine, {})))


def every_codec() -> dict[str, tuple[Seq2Seq, list[str]]]:
    """Models that read what is no plain letter, by name, each with 100 inputs."""
    spelled = HashedNgrams(word_hashes("we", "see", "갔다"), grams=16, apart=True, letters=8)
    tags, hangul = Symbols(("a", "b/x", "c"), "word"), Symbols(tuple("가나다 ."), unknown=True)
    draw, words = Random(1), ["we", "see", "갔다", "왔다", "Whistled", "3.14", "x"]
    texts = [" ".join(draw.choices(words, k=draw.randint(1, 7))) for _ in range(100)]
    plain = Symbols(tuple("abcde"))
    cut = Subwords.of(texts, unknown=True)
    windows = replace(with_codecs(Shape.N2N, "gru", plain, plain).config, window=8)
    found = {
        "spelled N2N": (with_codecs(Shape.N2N, "lstm", spelled, tags, embed={"width": 5, "spell": 4}), texts),
        "spelled N21": (with_codecs(Shape.N21, "transformer", spelled, tags, embed={"buckets": 97}), texts),
        "hangul N2M": (with_codecs(Shape.N2M, "attention", hangul, hangul), letters("가나다 .뷁")),
        "windows N2N": (loud(windows), letters("abcde", 1, 30)),
        "mean N21": (with_codecs(Shape.N21, "conv", plain, tags, pool="mean"), letters("abcde")),
        "subwords N2M": (with_codecs(Shape.N2M, "gru", cut, cut), texts),
        "columns N2N": (with_codecs(Shape.N2N, "rnn", DigitPairs(), Symbols(tuple("0123456789"))), DIGITS),
    }
    columns = Numbers(("a", "b", "c"), (0.5, 0.0, -1.0), (2.0, 0.0, 0.25))
    walks = [
        " ; ".join(f"{draw.gauss(0, 3):.4g} ? {draw.random():.3f}" for _ in range(draw.randint(1, 9)))
        for _ in range(100)
    ]
    found["numbers N2N"] = (with_codecs(Shape.N2N, "lstm", columns, tags, both_ways=True), walks)
    found["numbers N21"] = (with_codecs(Shape.N21, "transformer", columns, tags, pool="mean"), walks)
    found["numbers N2M"] = (with_codecs(Shape.N2M, "attention", columns, plain), walks)
    found["digits N2M"] = (with_codecs(Shape.N2M, "mamba", Expression(), Answer(), Approach.DECODER_ONLY), DIGITS)
    return found


def unpacked(model: Seq2Seq, folder: Path, card: str = "") -> Path:
    with ZipFile(BytesIO(make_bundle(model, FACTS, card))) as archive:
        archive.extractall(folder)
    return folder


def run_alone(jobs: list[dict]) -> dict:
    """What `alone.py` found; one process for all, since torch is slow to start."""
    command = [sys.executable, "-I", str(ALONE)]
    run = subprocess.run(command, input=json.dumps(jobs), capture_output=True, text=True, encoding="utf-8", timeout=900)
    assert run.returncode == 0, run.stderr
    assert not run.stderr, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.fixture(scope="module", params=[True, pytest.param(False, marks=pytest.mark.nightly)], ids=["push", "rest"])
def lone(request, tmp_path_factory) -> dict:
    """A push's cells of shape x approach x engine, or the rest of them, and every codec, answered here and alone, by name."""
    cells = [cell for cell in CELLS if (cell in cells_of_a_push("alone")) is request.param]
    there = {str(cell): (loud(cell.config), letters("abcde", int(cell.shape is not Shape.LM))) for cell in cells}
    there |= every_codec()
    wrong = [[], [""], ["abc", "ab?"], ["--help"]]
    jobs = []
    for i, (model, xs) in enumerate(there.values()):
        folder = unpacked(model, tmp_path_factory.mktemp("alone") / str(i))
        jobs.append({"folder": str(folder), "xs": xs, "wrong": wrong if i < len(cells) else []})
    found = run_alone(jobs)
    here = [predict(model, xs) for model, xs in there.values()]
    rows = dict(zip(there, zip(jobs, found["jobs"], here, strict=True), strict=True))
    return {"rows": rows, "numpy": found["numpy"], "refused": found["refused"]}


def test_every_engine_shape_approach_and_codec_gives_the_same_100_answers_alone(lone):
    assert {row.split("-")[-1] for row in lone["rows"]} >= set(engines.ENGINES)
    for name, (job, alone, here) in lone["rows"].items():
        assert len(job["xs"]) == 100 and alone["ys"] == [answer.y for answer in here], name
        shares = [answer.confidence.tolist() for answer in here]
        assert [len(p) for p in alone["shares"]] == [len(p) for p in shares], name
        assert list(chain(*alone["shares"])) == pytest.approx(list(chain(*shares)), rel=1e-4), name
        different = len({tuple(p[:3]) for p in shares})
        assert different >= 20 or "independent" in name, f"{name}: {different} answers tell little apart"
    assert len(lone["rows"]) in (FIFTH + 11, len(CELLS) - FIFTH + 11)


def test_alone_there_is_no_numpy_and_no_code_but_that_of_the_zip(lone):
    assert not lone["numpy"] and "numpy" in lone["refused"]
    assert not {"gradio", "accelerate", "huggingface_hub", "plotly"} & set(lone["refused"])
    for name, (job, alone, _) in lone["rows"].items():
        assert Path(alone["code"]) == Path(job["folder"], "s2s_demo"), name


def test_a_wrong_command_line_is_told_in_one_sentence(lone):
    for name, (_, alone, _) in lone["rows"].items():
        if alone["told"]:
            nothing, empty, unknown, flag = alone["told"]
            assert nothing.startswith("Give one x or more")
            assert empty is None if name.startswith("LM") else empty.startswith("x is empty")
            assert "does not know the symbol ‘?’" in unknown and "does not know the symbol ‘-’" in flag
            assert all("\n" not in told for told in alone["told"] if told)


def test_the_command_prints_one_y_a_line_in_utf_8_and_refuses_with_exit_code_1(tmp_path):
    model = every_codec()["hangul N2M"][0]
    folder = unpacked(model, tmp_path / "가나 model")
    xs = ["가나", "나.다"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(folder / "predict.py"), *xs]
    run = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, timeout=120)
    assert run.stdout.decode("utf-8").splitlines() == [answer.y for answer in predict(model, xs)]
    assert (run.returncode, run.stderr) == (0, b"")
    run = subprocess.run([*command, ""], capture_output=True, cwd=tmp_path, env=environment, timeout=120)
    assert (run.returncode, run.stdout) == (1, b"") and len(run.stderr.splitlines()) == 1
    assert b"Traceback" not in run.stderr


def test_the_zip_holds_plain_files_and_the_very_sources_of_this_package(new_model):
    model = new_model(Shape.N2M, "lstm")
    with ZipFile(BytesIO(make_bundle(model, FACTS, "# card"))) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
        modes = {info.external_attr >> 16 for info in archive.infolist()}
    assert modes == {0o644} and len(files) == len(set(files))
    for name in files:
        path = PurePosixPath(name)
        assert not path.is_absolute() and ".." not in path.parts and "\\" not in name and "__pycache__" not in name
        assert path.suffix in (".py", ".json", ".md", ".safetensors") or name == "s2s_demo/LICENSE"
    for name in files.keys() - {"README.md", "config.json", "model.safetensors", "predict.py", "s2s_demo/LICENSE"}:
        if name != "s2s_demo/__init__.py":
            assert files[name] == (PACKAGE / name.removeprefix("s2s_demo/")).read_bytes()
    assert files["predict.py"] == (PACKAGE / "custom" / "export" / "predict_template.py").read_bytes()
    assert files["README.md"] == b"# card"
    own = str(Path(__file__).resolve().parent.parent).encode()
    assert not any(own in data for data in files.values())
    stored = load(files["model.safetensors"])
    assert all(torch.equal(stored[name], value) for name, value in model.state_dict().items())
    assert stored.keys() == model.state_dict().keys()


def test_the_same_model_gives_the_same_bytes(new_model):
    first, second = (make_bundle(new_model(Shape.N21, "gru"), FACTS, "card") for _ in range(2))
    assert first == second


def test_a_bundle_is_a_checkpoint_of_the_lab_as_well(tmp_path, toy_model, monkeypatch):
    model = loud(toy_model(Shape.N2M, "gru").config)
    unpacked(model, tmp_path / "toy-n2m" / "gru")
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    again = checkpoints.load("toy-n2m", "gru", seed=FACTS["seed"], device="cpu")
    xs = letters("abcde")
    assert [a.y for a in predict(again, xs)] == [a.y for a in predict(model, xs)]
    checkpoints.save(model, tmp_path / "saved", FACTS, [], "")
    configs = [(tmp_path / name / "config.json").read_text("utf-8") for name in ("toy-n2m/gru", "saved")]
    assert configs[0] == configs[1]


def test_a_model_of_videos_stays_here():
    model = with_codecs(Shape.N2N, "gru", Frames(30.0, ""), Symbols(("a", "b"), "word"))
    with pytest.raises(UserError, match="videos cannot be downloaded"):
        make_bundle(model, FACTS, "")


def test_the_card_says_what_was_measured_and_how_to_use_it(toy_model):
    model = toy_model(Shape.N2M, "gru")
    card = make_card(model, {**FACTS, "example": "abc"})
    for said in (
        "4,500",
        "held out 500",
        "steps 2,000",
        "95 s",
        "2 CPU cores",
        "seed 3",
        "exact 98.4 %",
        "exact 3.1 %",
    ):
        assert said in card
    for said in (
        "N2M",
        "encoder-decoder",
        "GRU",
        f"{model.parameters_count:,}",
        "The data is yours",
        "데이터는 당신의 것",
    ):
        assert said in card
    (answer,) = predict(model, ["abc"])
    assert f'python predict.py "abc"\n    {answer.y}\n' in card and f"predict(['abc'])   # ['{answer.y}']" in card
    assert "does better than its baseline" in card and "characters of x" in card
    assert card.startswith("---\ntags: [seq2seq, gru, encoder-decoder]\n---\n# my-pairs")
    assert "license:" not in card.split("---")[1]


@pytest.mark.parametrize("score, baseline", [(0.3, 0.3), (0.1, 0.9)])
def test_the_card_says_so_where_learning_has_not_paid(score, baseline, toy_model):
    card = make_card(toy_model(Shape.N21, "conv"), {**FACTS, "score": score, "baseline": baseline})
    assert "does not beat its baseline" in card and "does better" not in card


def test_what_is_not_known_the_card_does_not_make_up(toy_model):
    card = make_card(toy_model(Shape.N2N, "rnn"), {})
    assert card.count("not recorded") == 9 and "nobody can say how good" in card
    assert not re.search(r"\b0(\.0)? (%|s)|None|nan", card)


@pytest.mark.parametrize(
    "text",
    ["`rm`|<b>", "a\n# head", "![x](http://e.org)", "---\nlicense: mit\n---", "\x1b[31m", "{rows}", "", "x" * 500],
)
def test_a_visitors_words_are_no_markup_in_the_card(text, toy_model):
    model = toy_model(Shape.N2M, "rnn")
    card = make_card(
        model, {**FACTS, "name": text, "machine": text, "measure": text, "baseline_name": text, "example": text}
    )
    plain = make_card(model, FACTS)
    assert len(card.splitlines()) == len(plain.splitlines())
    assert card.count("\n# ") == 1 and "\x1b" not in card and card.splitlines()[:3] == plain.splitlines()[:3]
    assert not re.search(r"(?<!\\)<b>|(?<!\\)!\[|(?<!\\)\| ?<", card)
    unescaped = [re.findall(r"(?<!\\)\|", line) for line in card.splitlines() if line.startswith("| ")]
    assert all(len(bars) == 3 for bars in unescaped) and len(unescaped) == 11


@pytest.mark.parametrize(
    "example, written",
    [("a b", '"a b"'), ("a$b", "'a$b'"), ("a`b", "'a`b'"), ('say "a"', "'say \"a\"'"), ("it's $5", "'it'\"'\"'s $5'")],
)
def test_an_example_reaches_the_command_as_it_is(example, written):
    everything = Symbols(tuple(map(chr, range(32, 127))))
    card = make_card(with_codecs(Shape.N2N, "independent", everything, everything), {**FACTS, "example": example})
    assert f"python predict.py {written}\n" in card


class FakeHub:
    """Keeps what it was asked, or fails with an error that holds the token."""

    def __init__(self, error=None):
        self.error, self.asked, self.files = error, [], {}

    def __call__(self, token):
        self.token = token
        return self

    def create_repo(self, repo, **how):
        self.asked.append((repo, how))
        if self.error:
            raise self.error

    def create_commit(self, repo, added, commit_message):
        self.files = {each.path_in_repo: each.path_or_fileobj for each in added}


@pytest.fixture
def hub(monkeypatch):
    """error=None -> a `FakeHub` in the Hub's place."""

    def put(error=None):
        fake = FakeHub(error)
        monkeypatch.setattr("huggingface_hub.HfApi", fake)
        return fake

    return put


def test_a_push_sends_the_files_of_the_zip_and_nothing_else_of_a_folder(tmp_path, toy_model, hub):
    fake, data = hub(), make_bundle(toy_model(Shape.N2N, "gru"), FACTS, "card")
    assert push(data, " me/my-pairs ", f" {TOKEN}\n") == "https://huggingface.co/me/my-pairs"
    assert fake.token == TOKEN and fake.asked == [("me/my-pairs", {"private": True, "exist_ok": True})]
    sent = fake.files
    with ZipFile(BytesIO(data)) as archive:
        assert sent == {name: archive.read(name) for name in archive.namelist()}
        archive.extractall(tmp_path)
    (tmp_path / "pairs.csv").write_text("secret")
    (tmp_path / "s2s_demo" / "__pycache__").mkdir()
    (tmp_path / "s2s_demo" / "__pycache__" / "model.pyc").write_bytes(b"")
    fake = hub()
    push(tmp_path, "me/my-pairs", TOKEN, private=False)
    assert fake.files == sent and fake.asked[0][1]["private"] is False
    assert sent.keys() >= sources().keys()


@pytest.mark.parametrize("repo, token", [("nobody", TOKEN), ("a/b/c", TOKEN), ("", TOKEN), ("내/것", TOKEN)])
def test_a_bad_name_is_told_before_anything_is_sent(repo, token, hub):
    fake = hub()
    with pytest.raises(UserError, match="named like"):
        push(b"", repo, token)
    assert not fake.asked


@pytest.mark.parametrize("token", ["", "  ", "short", "two words of it", "hf_토큰토큰토큰토큰", "hf_line\nbreak_in_it"])
def test_without_a_token_of_the_visitors_own_nothing_is_sent(token, hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_machine_itself")
    fake = hub()
    with pytest.raises(UserError, match="token is empty or no token"):
        push(b"", "me/my-pairs", token)
    assert not fake.asked


def refused(status):
    from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415

    request = SimpleNamespace(headers={"authorization": f"Bearer {TOKEN}"})
    return HfHubHTTPError(
        f"{status} {TOKEN}", response=SimpleNamespace(status_code=status, headers={}, request=request)
    )


@pytest.mark.parametrize(
    "error, told",
    [
        (refused(401), "did not accept the token"),
        (refused(403), "did not accept the token"),
        (refused(503), "HTTP 503"),
        (ConnectionError(TOKEN), "cannot be reached"),
        (RuntimeError(TOKEN), "cannot be reached"),
    ],
    ids=["401", "403", "503", "offline", "other"],
)
def test_what_the_hub_refuses_is_one_sentence_without_the_token(error, told, toy_model, hub, caplog, capsys):
    fake = hub(error)
    with pytest.raises(UserError, match=told) as raised:
        push(make_bundle(toy_model(Shape.N2N, "gru"), FACTS, ""), "me/my-pairs", TOKEN)
    assert len(fake.asked) == 1
    assert raised.value.__context__ is None and raised.value.__cause__ is None
    said = "".join(traceback.format_exception(raised.value)) + caplog.text + "".join(capsys.readouterr())
    said += raised.value.words.ko + raised.value.words.en
    assert TOKEN not in said and "\n" not in raised.value.words.en
