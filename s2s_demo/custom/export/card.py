"""The model card of a model trained on pairs of one's own: what it is, how well it does, how to use it, whose it is."""

from __future__ import annotations

import re
from typing import Any, TypedDict

from s2s_demo.codecs import Codec, HashedNgrams, Numbers, Subwords, Symbols
from s2s_demo.decoding import encode_all, greedy_decode
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import UserError, quoted

LONGEST_EXAMPLE, MOST_NAMED = 60, 8
UNKNOWN = "not recorded"
CARD = """---
tags: [seq2seq, {engine_name}, {approach}]
---
# {name} · {engine} · {approach}

A sequence-to-sequence model, trained with Seq2Seq Lab on its owner's pairs of x and y.
가진 쌍(x, y)으로 Seq2Seq 실험실에서 학습한 모델입니다.

| | |
|---|---|
{rows}

{verdict}

## How to use · 쓰는 법

With torch and safetensors alone, in this folder. torch와 safetensors만 있으면 이 폴더에서 바로 씁니다.

    pip install torch safetensors
    python predict.py {command}

From Python · 파이썬에서:

    from predict import predict
    {call}

`config.json` holds the sizes, the facts above and the model's alphabet: {alphabet}
`model.safetensors` holds the weights, numbers in single precision and nothing else. The answer is the likeliest symbol at each
step (greedy).

## Licence · 라이선스

The data is yours, and so is this model: before you publish it, choose a licence and name it in the first lines of this file
(`license: ...`). The files in `s2s_demo/` and `predict.py` are Seq2Seq Lab's, under the Apache License 2.0.

데이터는 당신의 것이고 이 모델도 그렇습니다. 공개하기 전에 라이선스를 정해 이 파일 첫머리에 적으세요(`license: ...`).
`s2s_demo/`와 `predict.py`는 Seq2Seq 실험실의 코드이며 Apache License 2.0을 따릅니다.
"""


class TrainingFacts(TypedDict, total=False):
    """What is known of a training, under the names that config.json keeps; whatever is missing the card calls not recorded.

    name: what its owner calls the data. rows: pairs trained on. held: pairs kept back, of which `score` is taken. steps, batch, seed,
    seconds, machine: of the training. measure: which score ("exact": share of whole answers right). score, baseline: shares, 0 to 1,
    of the model and of `baseline_name`. example: an x to show, only if its owner may be thought to want it seen.
    """

    name: str
    rows: int
    held: int
    steps: int
    batch: int
    seed: int
    seconds: float
    machine: str
    measure: str
    score: float
    baseline: float
    baseline_name: str
    example: str


def make_card(model: Seq2Seq, facts: TrainingFacts | dict[str, Any]) -> str:
    """Markdown with the header the Hub reads, in English with the gist in Korean. facts: see `Facts`.

    Runs the model once if there is an example, so that what the card says it answers is what it answers.
    """
    known = {key: value for key, value in facts.items() if value not in (None, "")}
    name, engine, approach = _plain(str(known.get("name", model.config.task))), model.engine, model.approach.value
    measure = _plain(str(known.get("measure", "exact")))
    rows = {
        "data": f"{name}: pairs trained on {_number(known, 'rows')}, held out {_number(known, 'held')}",
        "shape": f"{model.shape.name}: {model.shape.value.en}",
        "x": _tokenization(model.x_codec),
        "y": _tokenization(model.y_codec),
        "engine": f"{engine.title.en}: {engine.remembers.en}",
        "approach": approach,
        "parameters": f"{model.parameters_count:,}",
        "training": _training(known),
        "held-out score": f"{measure} {_percent(known, 'score')}",
        f"baseline ({_plain(str(known.get('baseline_name', 'no learning')))})": f"{measure} {_percent(known, 'baseline')}",
    }
    command, call = _use(model, str(known.get("example", "")))
    return CARD.format(
        name=name,
        engine_name=engine.name,
        engine=engine.title.en,
        approach=approach,
        rows="\n".join(f"| {key} | {value} |" for key, value in rows.items()),
        verdict=_verdict(known),
        command=command,
        call=call,
        alphabet=_alphabet(model),
    )


def _verdict(known: dict[str, Any]) -> str:
    """Whether learning has paid, in one sentence of each language."""
    if "score" not in known or "baseline" not in known:
        return "Without a score and a baseline nobody can say how good it is. 점수와 기준선이 없어 얼마나 좋은지 알 수 없습니다."
    if known["score"] > known["baseline"]:
        return "On pairs it was never trained on it does better than its baseline. 학습하지 않은 쌍에서 기준선보다 낫습니다."
    return "**It does not beat its baseline** on pairs it was never trained on. 학습하지 않은 쌍에서 **기준선을 넘지 못합니다.**"


def _training(known: dict[str, Any]) -> str:
    seconds = f"{float(known['seconds']):,.0f} s" if "seconds" in known else UNKNOWN
    machine = _plain(str(known.get("machine", UNKNOWN)))
    facts = {"steps": _number(known, "steps"), "pairs a step": _number(known, "batch"), "seed": _number(known, "seed")}
    return ", ".join(f"{key} {value}" for key, value in {**facts, "time": seconds, "machine": machine}.items())


def _number(known: dict[str, Any], key: str) -> str:
    return f"{known[key]:,}" if key in known else UNKNOWN


def _percent(known: dict[str, Any], key: str) -> str:
    return f"{100 * known[key]:.1f} %" if key in known else UNKNOWN


def _tokenization(codec: Codec) -> str:
    """How one side is cut into steps."""
    if isinstance(codec, Numbers):
        made = f", made of a file by {codec.made}; the download takes the rows, not the file" if codec.made else ""
        names = ", ".join([*codec.columns[:MOST_NAMED], *["…"] * (codec.size > MOST_NAMED)])
        return f"rows of {codec.size} numbers ({_plain(names)}), z-scored{made}"
    if isinstance(codec, HashedNgrams):
        return f"words by their spelling, {len(codec.words):,} known whole"
    if isinstance(codec, Subwords):
        return f"{len(codec.symbols):,} symbols (subwords: {len(codec.merges):,} merges of byte-pair encoding)"
    if isinstance(codec, Symbols):
        return f"{len(codec.symbols):,} symbols (one a {codec.by})"
    return f"{codec.size:,} symbols"


def _alphabet(model: Seq2Seq) -> str:
    """What of the data travels with the model; whoever publishes it should know."""
    said = [
        f"the {_pieces(codec)} of {side} that training met"
        for side, codec in (("x", model.x_codec), ("y", model.y_codec))
        if isinstance(codec, Symbols | Subwords)
    ]
    if isinstance(model.x_codec, Numbers):
        said.append("the names of the columns of x, their means and their standard deviations")
    if not said:
        return "no text of the data."
    return f"{', '.join(said)}, so whoever has this folder can read those."


def _pieces(codec: Symbols | Subwords) -> str:
    if isinstance(codec, Subwords):
        return "characters and frequent parts of words"
    return {"word": "words", "label": "whole labels"}.get(codec.by, "characters")


def _use(model: Seq2Seq, example: str) -> tuple[str, str]:
    """What follows `python predict.py`, and the call from Python, each with its answer where the example has one."""
    shown = example if example.isprintable() and 0 < len(example) <= LONGEST_EXAMPLE else ""
    try:
        symbols = greedy_decode(model, encode_all(model, [shown]))[0].symbols if shown else []
    except UserError:
        shown, symbols = "", []
    if not shown and isinstance(model.x_codec, Numbers):
        rows = " ; ".join(" ".join(f"{value:.2g}" for value in model.x_codec.mean) for _ in range(2))
        return f'"{rows}"', f"predict([{rows!r}])   # steps are parted by ';', numbers by spaces"
    if not shown:
        return '"x" "another x"', 'predict(["x", "another x"])'
    y = quoted(model.y_codec.decode(symbols), 4 * LONGEST_EXAMPLE)
    return f"{_shell(shown)}\n    {y}", f"predict([{shown!r}])   # [{y!r}]"


def _shell(text: str) -> str:
    """One argument of a command line: in double quotes, which every shell reads, or in single ones where those would change it."""
    if not re.search(r'["$`\\!%]', text):
        return f'"{text}"'
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _plain(text: str) -> str:
    """A visitor's words as words: in a heading or a cell nothing of them is markup, an address or a formula."""
    return re.sub(r"([\\`*_{}\[\]<>#|!~&$@]|:(?=//)|(?<=www)\.)", r"\\\1", quoted(text, 80)).strip() or "?"
