"""How sure a model says it is: summed over the symbols of one answer, measured against how often it is right, set right on dev."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from s2s_demo import checkpoints, tasks
from s2s_demo.codecs import SPECIALS, Symbols
from s2s_demo.decoding import answer_probs, masked_probs, most_probable
from s2s_demo.explain import likeliest, predict
from s2s_demo.lab.decoding.stepwise import teacher_forced
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import Prediction, Words
from s2s_demo.recipe import Recipe
from s2s_demo.side_files import Damaged, read_scores
from s2s_demo.task import Approach, Shape, Task
from s2s_demo.ui.task import card
from s2s_demo.ui.words import said
from train import calibrate, run
from train.__main__ import main
from train.card import model_card
from train.reliability import BINS, binned, confidence_and_correct, ece, table

TAGS = Symbols(("NOUN/NN", "NOUN/NNS", "VERB/VB", "NOUN/*", "VERB/*"), by="word")
FINE = Task(
    "fine",
    Words("fine", "fine"),
    Words("fine", "fine"),
    Shape.N2N,
    lambda split, seed: iter([("we see", "NOUN/NN VERB/VB")]),
    Symbols(("we", "see"), by="word"),
    TAGS,
    answer=lambda y: " ".join(tag.partition("/")[0] for tag in y.split(" ")),
)


def tagger(approach=Approach.ENCODER_ONLY, y_codec=TAGS):
    return Seq2Seq(ModelConfig.of(replace(FINE, y_codec=y_codec), "rnn", approach, dim=8)).eval().requires_grad_(False)


def logits_of(*shares):
    """Logits of the five tags in their order, none of the specials."""
    return torch.tensor([[0.0] * len(SPECIALS) + list(shares)]).log()


def test_the_symbols_of_one_answer_are_known_by_the_kind_that_stands_for_the_rest():
    assert TAGS.canonical == [0, 1, 2, 3, 4, 4, 6, 4, 6]
    for own in (replace(TAGS, unknown=True), Symbols(("a/b", "a/c", "*"), by="word"), Symbols(tuple("ab*/"))):
        assert own.canonical == list(range(own.size))
    assert tagger(y_codec=replace(TAGS, unknown=True)).canonical is None


def test_confidence_is_the_sum_over_the_fine_tags_of_the_answer():
    model, logits = tagger(), logits_of(0.25, 0.2, 0.4, 0.15, 0.0)
    share, symbol = most_probable(model, masked_probs(model, logits))
    assert float(share) == pytest.approx(0.6) and model.y_codec.names(symbol.tolist()) == ["NOUN/NN"]
    spread = answer_probs(model, masked_probs(model, logits))[0, len(SPECIALS) :]
    assert spread.tolist() == pytest.approx([0.6, 0.6, 0.4, 0.6, 0.4])


def test_a_sum_is_no_more_than_one():
    model = tagger()
    share = torch.full((1, TAGS.size), 0.0)
    share[0, [4, 5, 7]] = torch.tensor([0.5, 0.3, 0.2000003])
    assert float(most_probable(model, share)[0]) == 1.0


@pytest.mark.parametrize("approach", Approach, ids=lambda a: a.value)
def test_the_answer_its_confidence_and_the_likeliest_five_agree(approach):
    torch.manual_seed(0)
    model = tagger(approach)
    answers = [predict(model, ["we see see we"], look=True)[0]]
    answers += predict(model, ["we see see we", "see we"])[:1]
    share_MV = masked_probs(model, model(*asked(model, "we see see we", answers[0].symbols))[0])
    for answer in answers:
        for k, name in enumerate(answer.y_pieces):
            kinds = [i for i, one in enumerate(TAGS.names(range(TAGS.size))) if one[:4] == name[:4]]
            assert float(share_MV[k, kinds].sum()) == pytest.approx(float(answer.confidence[k]), rel=1e-5)
            assert share_MV[k].sum() <= 2 * float(answer.confidence[k]) + 1e-6
    for five, name, p in zip(answers[0].top, answers[0].y_pieces, answers[0].confidence, strict=True):
        assert five[0][0] == name and five[0][1] == pytest.approx(float(p), rel=1e-5)
        assert sorted(one[:4] for one, _ in five) == ["NOUN", "VERB"] and sum(p for _, p in five) <= 1 + 1e-6


def asked(model, x, y):
    x_BS = model.x_codec.encode(x)[None]
    return x_BS, torch.ones(x_BS.shape[:2], dtype=torch.bool), torch.tensor([list(y)])


def test_the_true_past_is_told_in_the_same_sums():
    model = tagger(Approach.DECODER_ONLY)
    for step in teacher_forced(model, "we see", "NOUN/NNS VERB/VB"):
        told = {name[:4]: p for name, p in step.top}
        assert step.p == pytest.approx(told[step.truth[:4]], rel=1e-5)


def test_where_every_symbol_is_its_own_answer_the_likeliest_are_the_symbols(toy_model):
    model = toy_model(Shape.N2N, "gru")
    x_BS, mask_BS, y_BM = asked(model, "abc", [4, 5, 6])
    share_MV = masked_probs(model, model(x_BS, mask_BS, y_BM)[0])
    best = share_MV.sort(-1, descending=True)
    for k, five in enumerate(likeliest(model, x_BS, y_BM)):
        assert [p for _, p in five] == pytest.approx(best.values[k, :5].tolist())
        assert [name for name, _ in five] == model.y_codec.names(best.indices[k, :5].tolist())


def gap(sure, right, bins=BINS):
    return ece(binned(sure, right, bins))


def test_the_calibration_error_is_the_mean_gap_of_fifteen_bins_weighted_by_how_many_are_in_each():
    assert BINS == 15 and gap([], []) == 0
    assert gap([1.0, 1.0], [True, True]) == gap([0.0], [False]) == 0
    sure, right = [0.95] * 3 + [0.3, 0.32, 0.99], [True, True, False, False, True, True]
    gaps = abs(0.95 * 3 + 0.99 - 3), abs(0.3 - 0), abs(0.32 - 1)  # 0.3 and 0.32 lie on two sides of 4.5 / 15 … 5 / 15
    same_bin = abs(0.3 + 0.32 - 1)
    assert gap(sure, right) == pytest.approx((gaps[0] + same_bin) / 6)
    assert gap(sure, right, bins=100) != pytest.approx((gaps[0] + same_bin) / 6)
    edge = 1 / 15  # (l, u]: an edge belongs to the bin below it
    assert gap([edge, edge + 1e-6], [True, False]) == pytest.approx(0.5, abs=1e-5)


def test_what_counts_as_one_answer_follows_the_shape(toy_task):
    said = Prediction("we see", "NOUN/NN VERB/VB", (), (), np.array([0.9, 0.6]), 0.0, symbols=(4, 6))
    sure, right = confidence_and_correct(FINE, TAGS, said, "NOUN/NNS NOUN/NN")
    assert sure.tolist() == [0.9, 0.6] and right.tolist() == [True, False]
    assert ece(table(FINE, TAGS, [said], ["NOUN/NNS NOUN/NN"])) == pytest.approx((0.1 + 0.6) / 2)
    task = toy_task(Shape.N2M)
    whole = Prediction("abc", "wv", (), (), np.array([0.5, 0.5, 1.0]), 0.0, symbols=(6, 5, 2))
    assert [side.tolist() for side in confidence_and_correct(task, task.get_y_codec(), whole, "wv")] == [[0.25], [True]]
    assert ece(table(task, task.get_y_codec(), [], [])) == 0


@pytest.fixture
def shelf(tmp_path, monkeypatch, toy_sets):
    """A folder to work in, with an intent model that has learned a toy set with smoothed labels, and so is too unsure."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path / "shelf")
    recipe = Recipe(steps=60, batch=6, lr=1e-2, warmup=5, dim=24, options={"both_ways": True}, smoothing=0.4)
    monkeypatch.setattr(run, "recipe_of", lambda *_: recipe)
    assert main(["intent-en", "--engine", "gru", "--cpu"]) == 0
    return tmp_path / "shelf" / "intent-en" / "gru"


def told(capsys, *words):
    capsys.readouterr()
    assert main(list(words)) == 0
    return capsys.readouterr().out


def answers_of(folder):
    xs = [x for x, _ in tasks.get("intent-en").pairs("test", 0)]
    return predict(checkpoints.load_from(folder), xs)


def stored_in(folder):
    """The tensors of a file as copies: what `load_file` gives lies in the file itself, which is written over."""
    return {name: value.clone() for name, value in load_file(folder / "model.safetensors").items()}


def test_calibrate_changes_how_sure_a_model_is_and_nothing_else(shelf, capsys):
    before, facts, stored = answers_of(shelf), checkpoints.facts_of(shelf), stored_in(shelf)
    assert "->" in told(capsys, "calibrate", "intent-en", "--engine", "gru")
    after, changed, kept = answers_of(shelf), checkpoints.facts_of(shelf), stored_in(shelf)
    by = changed["temperature"]
    assert by < 1 and [p.y for p in after] == [p.y for p in before]
    assert np.mean([p.confidence for p in after]) > np.mean([p.confidence for p in before])
    for name, value in stored.items():
        wanted = value.float() / by if name.startswith("head.") and value.dtype != torch.int8 else value
        torch.testing.assert_close(kept[name], wanted, rtol=1e-3, atol=0)
        assert torch.equal(kept[name], wanted) or name.startswith("head.")
    assert changed["threshold"] > facts["threshold"] and changed["model"] == facts["model"]
    assert changed["weights_sha256"] != facts["weights_sha256"]


def test_calibrated_twice_is_calibrated_once_and_the_temperatures_multiply(shelf, capsys, monkeypatch):
    bias = stored_in(shelf)["head.bias"].float()
    for found in (0.7, 0.8):
        with monkeypatch.context() as patch:
            patch.setattr(calibrate, "temperature", lambda *_, by=found: by)
            told(capsys, "calibrate", "intent-en", "--engine", "gru", "--above", "0")
    assert checkpoints.facts_of(shelf)["temperature"] == pytest.approx(0.56)
    torch.testing.assert_close(stored_in(shelf)["head.bias"], bias / 0.56)
    written = {path.name: path.read_bytes() for path in shelf.iterdir()}
    assert "left as it is" in told(capsys, "calibrate", "intent-en", "--engine", "gru", "--above", "99")
    assert written == {path.name: path.read_bytes() for path in shelf.iterdir()}


def test_a_matrix_kept_in_eight_bits_keeps_its_integers(tmp_path, new_model):
    from safetensors.torch import save_file  # noqa: PLC0415

    head = {"head.weight": torch.randint(-127, 128, (70, 8), dtype=torch.int8), "head.bias": torch.randn(70).half()}
    head |= {"head.weight.scale": torch.rand(70).half(), "wiring.a": torch.randn(3).half()}
    save_file(head, tmp_path / "model.safetensors")
    calibrate.divide_head(tmp_path / "model.safetensors", 0.7)
    found = load_file(tmp_path / "model.safetensors")
    assert torch.equal(found["head.weight"], head["head.weight"]) and torch.equal(found["wiring.a"], head["wiring.a"])
    for name, ratio in checkpoints.dequantized(found).items():
        if name.startswith("head."):
            torch.testing.assert_close(ratio * 0.7, checkpoints.dequantized(head)[name])


def test_scores_and_the_card_tell_the_calibration_error(shelf, capsys):
    assert "reliability" not in (shelf / "README.md").read_text("utf-8")
    before = json.loads(told(capsys, "evaluate", "intent-en", "--engine", "gru", "--json", "--keep"))
    assert 0 < before["ece"] < 1 and 0 < before["ece_dev"] < 1
    card = (shelf / "README.md").read_text("utf-8")
    assert f"{before['ece_dev']:.2%} on dev, {before['ece']:.2%} on test" in card and "divided" not in card
    told(capsys, "calibrate", "intent-en", "--engine", "gru")
    after = json.loads(told(capsys, "evaluate", "intent-en", "--engine", "gru", "--json", "--keep"))
    assert after["ece_dev"] < before["ece_dev"] and after["accuracy"] == before["accuracy"]
    assert "python -m train calibrate intent-en --engine gru" in (shelf / "README.md").read_text("utf-8")
    scores = checkpoints.facts_of(shelf)["scores"]
    assert scores["ece"] == after["ece"] == pytest.approx(ece(scores["reliability"]["test"]), abs=1e-3)
    assert sum(n for n, _, _ in scores["reliability"]["dev"]) == 16  # of 20 that are held out four belong to no intent


def test_there_must_be_something_to_calibrate(shelf, capsys):
    capsys.readouterr()
    assert main(["calibrate", "intent-en", "--engine", "rnn"]) == 1
    assert "python -m train intent-en" in capsys.readouterr().err


def test_a_card_of_scores_from_before_tells_nothing_of_it(shelf):
    model, facts = checkpoints.load_from(shelf), checkpoints.facts_of(shelf)
    assert "reliability" not in model_card(tasks.get("intent-en"), model, {**facts, "scores": {"accuracy": 1.0}})


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_card_on_the_page_tells_dev_and_test(lang):
    for name in ("intent-en", "intent-ko"):
        scores = checkpoints.facts_of(checkpoints.ROOT / name / "lstm")["scores"]
        rows = dict(card.card(tasks.get(name), "lstm", "encoder-only", lang))
        test = scores["ece" if name == "intent-en" else "ece_test"]
        assert f"{scores['ece_dev']:.1%}" in rows[said("card.reliability", lang)]
        assert f"{test:.1%}" in rows[said("card.reliability", lang)] and test < 0.03


def test_what_the_shelf_holds_is_calibrated_and_says_by_how_much():
    for name in ("intent-en", "intent-ko"):
        for entry in checkpoints.available(name):
            facts = checkpoints.facts_of(entry.folder)
            assert 0.3 < facts["temperature"] < 3.4 and facts["scores"]["ece_dev"] < 0.035
            assert f"{facts['scores']['ece_dev']:.2%} on dev" in (entry.folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "tables",
    [
        [],
        {"dev": 1},
        {"dev": [1]},
        {"dev": [[1, 0.5]]},
        {"dev": [[1, "0.5", 0.5]]},
        {"dev": [[1, 0.5, 2]]},
        {"dev": [[1, 0, 0]] * 101},
    ],
    ids=lambda tables: str(tables)[:20],
)
def test_a_broken_table_beside_a_model_is_its_own_trouble(tables, tmp_path):
    path = tmp_path / "scores.json"
    path.write_text(json.dumps({"accuracy": 1.0, "reliability": {"dev": [[1, 0.5, 0.5]]}}), "utf-8")
    assert read_scores(path)["accuracy"] == 1.0
    path.write_text(json.dumps({"accuracy": 1.0, "reliability": tables}), "utf-8")
    with pytest.raises(Damaged):
        read_scores(path)
