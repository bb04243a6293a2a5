"""Small sets in the formats of the real ones, every sentence made up here, so that no test needs the network."""

from __future__ import annotations

import hashlib
import io
import json
from itertools import product
from pathlib import Path
from random import Random

import numpy as np

from s2s_demo.datasets import File

ENGLISH = (
    ("the/DET baker/NOUN", "a/DET tall/ADJ heron/NOUN", "Mina/PROPN", "we/PRON all/DET"),
    ("paints/VERB", "can/AUX sing/VERB loudly/ADV", "do/AUX n't/PART wait/VERB"),
    ("near/ADP the/DET pond/NOUN ./PUNCT", "for/ADP 3/NUM hours/NOUN !/PUNCT", "and/CCONJ smiles/VERB ./PUNCT"),
)
KOREAN = (
    ("고래는/NOUN", "나는/PRON", "푸른/ADJ 두루미가/NOUN", "선우도/PROPN"),
    ("연못에서/ADV", "세/NUM 번/NOUN", "빵을/NOUN"),
    ("노래했다/VERB ./PUNCT", "졸았다/VERB ./PUNCT", "굽는다/VERB !/PUNCT"),
)
DOMAINS = {"garden": ["water_plants", "plant_seeds"], "kitchen": ["boil_egg", "bake_bread"]}
WISHES = {
    "water_plants": ("water my ferns", "give the roses a drink"),
    "plant_seeds": ("plant some carrots", "put bean seeds in the ground"),
    "boil_egg": ("boil an egg", "cook my egg in hot water"),
    "bake_bread": ("bake a loaf of rye", "put the dough in the oven"),
    "oos": ("why do herons stand on one leg", "sell my bicycle"),
}
MANNERS = {
    "train": ("please {}", "could you {}", "{} now", "i'd like you to {}", "{}"),
    "val": ("{} today", "would you {}"),
    "test": ("{} for me", "hey {}"),
}
ACTS = (
    ("{}", "{} 말이야"),
    ("{} 샀어", "{} 정말 좋았어"),
    ("{} 어디 있어", "{} 언제 와"),
    ("{} 가져와", "{} 좀 닦아 줘"),
    ("{} 누가 모르겠어", "{} 내가 왜 사"),
    ("{} 마음대로 해 보든가", "{} 잘도 고쳐 봐라"),
    ("{} 먹는다고", "{} 본다는데"),
)
THINGS = ("우산", "사과", "기차", "거울", "공책", "의자", "나무", "양말", "지도", "피아노")
NEW_THINGS = ("고래", "사과")
BONES = [
    "root",
    "head",
    *(s + b for s in "lr" for b in ("clavicle", "humerus", "wrist", "hipjoint", "femur", "tibia", "foot")),
]
LENGTHS = (480, 240, 300)


def lay_out(folder: Path) -> dict[str, File]:
    """Writes every set as <set>/<file> and returns what `s2s_demo.datasets.FILES` would say of them."""
    texts = {
        **_treebank("ud_english_ewt/en_ewt-ud", ENGLISH),
        **_treebank("ud_korean_kaist/ko_kaist-ud", KOREAN),
        "clinc150/domains.json": json.dumps(DOMAINS),
        "clinc150/data_full.json": json.dumps(_wishes()),
        "3i4k/fci_train_val.txt": _acts(THINGS),
        "3i4k/fci_test.txt": _acts(NEW_THINGS),
    }
    contents = {name: text.encode() for name, text in texts.items()} | {"mocap_exercises/train.npz": _motion()}
    files = {}
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        files[name] = File(f"https://example.invalid/{name}", (f"sha256:{hashlib.sha256(content).hexdigest()}",))
    return files


def _motion() -> bytes:
    """Three recordings of a walking stick figure in the format of the motion capture set: 31 ends of bones, 30 frames a second."""
    rng = np.random.default_rng(0)
    heights = [1.6 - 0.05 * i for i in range(len(BONES))]
    frames = np.zeros((sum(LENGTHS), len(BONES), 3), "float16")
    for i, bone in enumerate(BONES):
        side = {"l": 0.2, "r": -0.2}.get(bone[0], 0.0)
        frames[:, i] = [side, heights[i], 0.0] + 0.02 * rng.normal(size=(len(frames), 3))
    labels = np.repeat(np.arange(sum(LENGTHS) // 60 + 1) % 7, 60)[: len(frames)]
    told = ["JumpJack", "Jog", "Squat", "KneeRaise", "ArmCircle", "Twist", "ToeTouchOneHand"]
    file = io.BytesIO()
    offsets = np.cumsum([0, *LENGTHS])
    np.savez(
        file, joints=frames, label=labels.astype("int8"), offsets=offsets, joint_names=BONES, label_names=told, fps=30
    )
    return file.getvalue()


def _treebank(prefix: str, parts: tuple[tuple[str, ...], ...]) -> dict[str, str]:
    """36 sentences, 12 for each split."""
    sentences = [" ".join(sentence) for sentence in product(*parts)]
    Random(1).shuffle(sentences)
    splits = {"train": sentences[:12], "dev": sentences[12:24], "test": sentences[24:]}
    return {f"{prefix}-{split}.conllu": "".join(map(conllu, found)) for split, found in splits.items()}


def fine(tag: str) -> str:
    """The made-up finer tag of a universal one."""
    return tag[:2].lower()


def conllu(sentence: str) -> str:
    """ "do/AUX n't/PART" -> its rows, with the multiword token "don't" and an empty node as real sets have them."""
    words = [word.rsplit("/", 1) for word in sentence.split()]
    rows = [f"# text = {' '.join(form for form, _ in words)}"]
    for i, (form, tag) in enumerate(words, 1):
        if words[i : i + 1] and words[i][0] == "n't":
            rows.append(f"{i}-{i + 1}\t{form}n't" + "\t_" * 8)
        rows.append(f"{i}\t{form}\t_\t{tag}\t{fine(tag)}\t_\t{i - 1}\tdep\t_\tSpaceAfter=No")
        if tag == "CCONJ":
            rows.append(f"{i}.1\tghost\t_\tVERB" + "\t_" * 6)
    return "\n".join(rows) + "\n\n"


def _wishes() -> dict[str, list[list[str]]]:
    full: dict[str, list[list[str]]] = {}
    for split, manners in MANNERS.items():
        for intent, manner in product(WISHES, manners):
            name = f"oos_{split}" if intent == "oos" else split
            full.setdefault(name, []).extend([manner.format(wish), intent] for wish in WISHES[intent])
    return full


def _acts(things: tuple[str, ...]) -> str:
    """Rows of 3i4K; one has no words, as in the real file. What is said of an apple stands in both files."""
    rows = [f"{act}\t{say.format(thing)}" for thing in things for act, says in enumerate(ACTS) for say in says]
    return "\n".join([*rows, "3\t"]) + "\n"
