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
| held-out (dev) score | {dev}{calibrated} |

Test scores stand in `scores.json` and come from `python -m train evaluate {task} --engine {engine} --keep`.

    from s2s_demo import load, predict
    predict(load("{task}", "{engine}", "{approach}"), ["{example}"])
"""


def model_card(task: Task, model: Seq2Seq, facts: dict[str, Any]) -> str:
    """Markdown. facts: what `checkpoint.save` writes into config.json."""
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
        auxiliary=", an auxiliary lesson for every level below" if facts.get("auxiliary") else "",
        calibrated=", before the head was calibrated on dev" if facts.get("calibrated") else "",
        example=(task.examples or ("x",))[0],
        **{k: facts[k] for k in ("command", "steps", "batch", "minutes", "machine", "seed")},
    )
