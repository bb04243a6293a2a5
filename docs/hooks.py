"""What the pages link to outside of docs/ comes into the site as well, so that one link works on GitHub and here."""

from __future__ import annotations

import os.path
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(\]\()([^)#\s:]+)(#[^)\s]*)?\)")
HEADER = re.compile(r"\A---\n.*?\n---\n", re.S)  # of the README, for Spaces
PLACE = "repository"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds every file of the repository that a page links to, and what those link to in turn; Markdown becomes a page."""
    waiting = [(path.relative_to(ROOT), path) for path in Path(config.docs_dir).rglob("*.md")]
    seen = set()
    while waiting:
        name, path = waiting.pop()
        for target in _outside(name, path.read_text("utf-8")):
            if target in seen:
                continue
            seen.add(target)
            there = ROOT / target
            if there.suffix == ".md":
                waiting.append((Path(target), there))
                files.append(_generated(config, target, HEADER.sub("", there.read_text("utf-8"))))
            else:
                files.append(_generated(config, target, there.read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as they lie in the repository -> links as they lie in the site."""
    here = page.file.src_uri
    name = Path(here).relative_to(PLACE) if here.startswith(f"{PLACE}/") else Path("docs", here)

    def moved(match: re.Match[str]) -> str:
        target = _place(_resolved(name, match[2]))
        return f"{match[1]}{os.path.relpath(target, Path(here).parent)}{match[3] or ''})" if target else match[0]

    return LINK.sub(moved, markdown)


def _outside(name: Path, text: str) -> list[str]:
    targets = [_resolved(name, match[2]) for match in LINK.finditer(text)]
    return [target for target in targets if not target.startswith("docs/") and (ROOT / target).is_file()]


def _resolved(name: Path, link: str) -> str:
    return os.path.normpath(name.parent / link)


def _place(target: str) -> str:
    if target.startswith("docs/"):
        return target.removeprefix("docs/")
    return f"{PLACE}/{target}" if (ROOT / target).is_file() else ""


def _generated(config: MkDocsConfig, target: str, content: str | bytes) -> File:
    return File.generated(config, f"{PLACE}/{target}", content=content, inclusion=InclusionLevel.NOT_IN_NAV)
