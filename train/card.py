"""The model card that stands beside every checkpoint, with the header the Hub reads."""

from __future__ import annotations

from typing import Any

from s2s_demo.model import Seq2Seq
from s2s_demo.task import Task

CARD = """---
library_name: s2s-lab
license: {licence}
tags: [seq2seq, {task}, {engine}]
---
# {task} · {engine} · {approach}

{about}

| | |
|---|---|
| engine | {engine_title}: {remembers} |
| approach | {approach} ({shape}) |
| parameters | {parameters:,} |
| data | {data} |
| command | `{command}` |
| training | {steps:,} steps of {batch} pairs, {minutes} minutes on {machine}, seed {seed}{auxiliary} |
| held-out (dev) score | {dev}{calibrated} |{reliability}

Test scores stand in `scores.json` and come from `python -m train evaluate {task} --engine {engine} --keep`.

    from s2s_demo import load, predict
    predict(load("{task}", "{engine}", "{approach}"), ["{example}"])
"""


def model_card(task: Task, model: Seq2Seq, facts: dict[str, Any]) -> str:
    """Markdown. facts: what `checkpoints.save` writes into config.json, and the scores beside it if there are any."""
    data = {"synthetic": "synthetic: drawn by the task file, no licence needed"}.get(task.data, task.data)
    if "SA" in task.data:
        data += "; these weights are shared alike, under the same licence"
    return CARD.format(
        task=task.name,
        engine=model.engine.name,
        approach=model.approach.value,
        about=task.about.en,
        engine_title=model.engine.title.en,
        remembers=model.engine.remembers.en,
        shape=task.shape.name,
        parameters=model.parameters_count,
        data=data,
        licence=task.licence,
        dev=", ".join(f"{k} {v:.4f}" for k, v in facts["dev"].items()) or "not taken",
        auxiliary=", an auxiliary loss on every level below" if facts.get("auxiliary") else "",
        calibrated=", before the head was calibrated on dev" if facts.get("calibrated") else "",
        reliability=_reliability(task, model, facts),
        example=(task.examples or ("x",))[0],
        **{k: facts[k] for k in ("command", "steps", "batch", "minutes", "machine", "seed")},
    )


def _reliability(task: Task, model: Seq2Seq, facts: dict[str, Any]) -> str:
    """The row on how far confidence is from being right; none before the model is scored."""
    scores = facts.get("scores", {})
    test = scores.get("ece", scores.get(f"ece_{task.tests[0].replace('-', '_')}"))
    if test is None or "ece_dev" not in scores:
        return ""
    told = f"expected calibration error {scores['ece_dev']:.2%} on dev, {test:.2%} on test (15 bins, Guo et al. 2017)"
    if "temperature" in facts:
        command = f"python -m train calibrate {task.name} --engine {model.engine.name}"
        told += f"; its logits are divided by {facts['temperature']:.3f}, fitted on dev by `{command}`"
    return f"\n| reliability | {told} |"
