"""A trained model as one zip that answers by itself: weights, config, card, predict.py and the very files that answer here.

Unpacked where Python has torch and safetensors and nothing else, it gives the answers of `explain.predict`: the loop (`decoding`), the
model, the engines and the codecs in it are copies of this package's files, so there is no second implementation that could differ.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from safetensors.torch import save

from s2s_demo.checkpoints import config_text
from s2s_demo.codecs import Frames
from s2s_demo.model import Seq2Seq
from s2s_demo.places import DISTRIBUTION
from s2s_demo.prediction import UserError

PACKAGE = Path(__file__).resolve().parent.parent.parent
SOURCES = (
    "batch.py",
    "codecs/*.py",
    "decoding.py",
    "embed.py",
    "engine.py",
    "engines/*.py",
    "file_format.py",
    "model.py",
    "places.py",
    "prediction.py",
    "registry.py",
    "seeding.py",
    "side_files.py",
    "task.py",
    "text.py",
    "trace.py",
    "video/__init__.py",
    "video/clip.py",
    "video/encoder.py",
)
"""What answers, and what that imports; a test runs it where everything else of this package is out of reach."""
TOP = ("README.md", "config.json", "model.safetensors", "predict.py")
CODE = "s2s_demo"
INIT = '"""The part of Seq2Seq Lab that answers, each file as it is there (Apache-2.0)."""\n'
EARLIEST = (1980, 1, 1, 0, 0, 0)


def make_bundle(model: Seq2Seq, facts: dict[str, Any], card: str) -> bytes:
    """The zip. The same model, facts and card give the same bytes. facts: as in config.json, see `Facts`. card: see `card_of`.

    The weights are stored in single precision, unrounded, so that its answers are those of the model as it stands.

    Raises:
        UserError: x is a video, which only the lab can read.
    """
    if isinstance(model.x_codec, Frames):
        raise UserError(
            "영상 모델은 아직 내려받을 수 없습니다. 글을 읽는 모델을 고르세요.",
            "A model that reads videos cannot be downloaded yet: choose one that reads text.",
        )
    weights = {name: value.detach().cpu().float().contiguous() for name, value in model.state_dict().items()}
    stored = save(weights)
    files = {
        "README.md": card.encode(),
        "config.json": config_text(model, facts, hashlib.sha256(stored).hexdigest()).encode(),
        "model.safetensors": stored,
        "predict.py": (PACKAGE / "custom" / "export" / "predict_template.py").read_bytes(),
        **sources(),
    }
    return _zipped(files)


def sources() -> dict[str, bytes]:
    """The code that goes along, by its path in the zip: this package's own files, and the licence they are under."""
    paths = sorted(path for pattern in SOURCES for path in PACKAGE.glob(pattern))
    found = {f"{CODE}/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes() for path in paths}
    licence = _licence()
    return {
        f"{CODE}/__init__.py": INIT.encode(),
        **found,
        **({f"{CODE}/LICENSE": licence} if licence else {}),
    }


def _licence() -> bytes | None:
    """The text beside this package in the repository, or what pip keeps of it where this is installed."""
    beside = PACKAGE.parent / "LICENSE"
    if beside.exists():
        return beside.read_bytes()
    try:
        return (distribution(DISTRIBUTION).read_text("licenses/LICENSE") or "").encode() or None
    except PackageNotFoundError:
        return None


def _zipped(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in files.items():
            info = ZipInfo(name, EARLIEST)
            info.external_attr = 0o644 << 16
            info.compress_type = ZIP_STORED if name.endswith(".safetensors") else ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()
