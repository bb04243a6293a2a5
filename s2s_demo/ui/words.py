"""The sentences of the page, one JSON file a language in `strings/`, and which of them a visitor reads.

A third language is one more file: `strings/xx.json` with the keys of `en.json`; what it lacks is shown in English. What a task, an engine,
a lens or a check of data says itself stands in its own file, in Korean and English; a language file may hold it as well, under the keys that
`_named` gives it ("task.arithmetic", "engine.lstm").
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import Context

from s2s_demo import engines, lenses, tasks
from s2s_demo.custom import examples
from s2s_demo.lab.gradients import clipping, measure
from s2s_demo.prediction import UserError, Words, check_template

FOLDER = Path(__file__).parent / "strings"
FALLBACK = "en"
LABORATORY = {
    "gradients.inputs.about": {"batch": measure.DecaySettings().batch},
    "gradients.clip.about": {
        "steps": clipping.STEPS,
        "length": clipping.LENGTH,
        "width": clipping.WIDTH,
        "rate": clipping.RATE,
    },
}
"""Facts that never change, put into the labels which the browser shows."""


def read_strings(folder: Path) -> dict[str, dict[str, str]]:
    """The sentences by language and key, English first."""
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
    return {FALLBACK: found.pop(FALLBACK), **found}


LEFT_OUT = (*engines.FAULTS, *tasks.FAULTS, *lenses.FAULTS)
"""A sentence for each file of an engine, a task or a lens that has a mistake in it."""
STRINGS = read_strings(FOLDER)
LANGUAGES = tuple(STRINGS)


def said(key: str, lang: str, **facts: object) -> str:
    """The sentence `key` in `lang` (one of `LANGUAGES`), its places filled; what fills them is never read as a template."""
    return _template(key, lang).format(**facts) if facts else _text(key, lang)


def both(key: str, **facts: object) -> Words:
    """The same in Korean and English, for a `UserError` or a line that is kept and read in either."""
    return Words(said(key, "ko", **facts), said(key, "en", **facts))


def mistake(key: str, **facts: object) -> UserError:
    """The sentence `key` as what is raised for a visitor's mistake."""
    words = both(key, **facts)
    return UserError(words.ko, words.en)


def said_of(kind: str, name: str, lang: str, **facts: object) -> str:
    """The sentence on one of a kind of things, such as a measure: its own, or that on any other, which is given its name."""
    key = f"{kind}.{name}"
    return (
        said(key, lang, **facts) if key in STRINGS[FALLBACK] else said(f"{kind}.other", lang, **{**facts, "name": name})
    )


def _text(key: str, lang: str) -> str:
    text = STRINGS.get(lang, {}).get(key) or STRINGS[FALLBACK].get(key)
    return text if text is not None else _NAMED[key].say(lang)


@cache
def _template(key: str, lang: str) -> str:
    text = _text(key, lang)
    check_template(text)
    return text


def toast(error: UserError, lang: str) -> gr.Error:
    """The sentence as Gradio shows it over the page, where it would be read as HTML."""
    return gr.Error(escape(error.words.say(lang), quote=False), print_exception=False)


def machine_in(name: str, lang: str) -> str:
    """What a model was trained or timed on, as `measure.machine` names it, in `lang`."""
    count, cpu, kind = name.partition(" CPU threads, ")
    return said("machine.cpu", lang, n=count, kind=kind) if cpu else name


def _named() -> dict[str, Words]:
    """What engines, tasks, lenses and ready examples say themselves."""
    named = {f"engine.{e.name}": e.title for e in engines.ENGINES.values()}
    for engine in engines.ENGINES.values():
        ko, en = f"{engine.title.ko} (학습 전)", f"{engine.title.en} (not trained yet)"
        named[f"engine.{engine.name}.untrained"] = Words(ko, en)
        named |= {f"gradients.gate.{gate}": Words(gate, gate) for gate in engine.gates}
    for task in tasks.TASKS.values():
        named |= {f"task.{task.name}": task.title, f"task.{task.name}.about": task.about}
        named |= {f"task.{task.name}.asks": task.input_label, f"task.{task.name}.short": task.short}
        named |= {f"clip.{task.name}.{name}": caption for name, caption in task.clips.items()}
    for number, fault in enumerate(LEFT_OUT):  # what a file says stands in HTML
        told = both("left.out")
        named[f"left.out.{number}"] = Words(f"{told.ko} {escape(fault.ko)}", f"{told.en} {escape(fault.en)}")
    for lens in lenses.LENSES.values():
        named |= {f"lens.{lens.name}": lens.title, f"lens.told.{lens.name}": lens.about}
        named[f"lens.none.{lens.name}"] = lens.absent
    named |= {f"own.ready.{name}": one.title for name, one in examples.EXAMPLES.items()}
    return named


def _labels(lang: str, named: dict[str, Words]) -> dict[str, str]:
    own = {key: words.say(lang) for key, words in named.items()}
    filled = {key: said(key, lang, **facts) for key, facts in LABORATORY.items()}
    return STRINGS[FALLBACK] | own | STRINGS[lang] | filled


_NAMED = _named()
LABELS = {lang: _labels(lang, _NAMED) for lang in LANGUAGES}
"""All that the browser may show, by language and key."""
I18N = gr.I18n(**LABELS)


def T(key: str) -> Any:
    """A label the browser shows in the visitor's language, for what is built. A listener says `said`: a page is sent no other labels
    than those it was built with."""
    assert key in LABELS[FALLBACK] and Context.root_block is not None, key
    return I18N(key)


def lang_of(request: gr.Request | None) -> str:
    """One of `LANGUAGES`: what ?lang= says, else the browser's first language, else English."""
    if request is None:
        return FALLBACK
    return chosen_lang(str(request.query_params.get("lang", "")), request.headers.get("accept-language", ""))


def chosen_lang(asked: str, accepted: str) -> str:
    """The same of the value of ?lang= and the header Accept-Language."""
    if asked in LANGUAGES:
        return asked
    first = accepted.lower().partition(",")[0].partition(";")[0].partition("-")[0].strip()
    return first if first in LANGUAGES else FALLBACK
