"""The real sets: read plain or packed, held against their digests, and told in one sentence when they cannot be had."""

from __future__ import annotations

import hashlib
import lzma
from types import SimpleNamespace

import pooch
import pytest

from s2s_demo import datasets
from s2s_demo.prediction import UserError
from tests import conftest

NAME, TEXT = "tiny/words.txt", "고래 one\n두루미 two\n"
SHA = f"sha256:{hashlib.sha256(TEXT.encode()).hexdigest()}"
GIT = "git:" + hashlib.sha1(f"blob {len(TEXT.encode())}\0{TEXT}".encode()).hexdigest()


@pytest.fixture
def places(tmp_path, monkeypatch):
    """(the folder of $S2S_DATA, the cache), both empty."""
    sets, cache = tmp_path / "sets", tmp_path / "cache"
    monkeypatch.setattr(datasets, "CACHE", cache)
    monkeypatch.setattr(datasets, "FILES", {NAME: datasets.File("https://example.invalid/words.txt", (GIT, SHA))})
    monkeypatch.setenv("S2S_DATA", str(sets))
    return sets, cache


def put(folder, content, end=""):
    path = folder / f"{NAME}{end}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def told():
    with pytest.raises(UserError) as error:
        datasets.read_text(NAME)
    words = error.value.words
    assert words.ko != words.en and all(NAME in said and "\n" not in said for said in (words.ko, words.en))
    return words.en


@pytest.mark.parametrize("place", [0, 1])
def test_a_file_is_read_plain_or_packed_from_either_place(place, places):
    put(places[place], lzma.compress(TEXT.encode()), ".xz")
    assert datasets.is_local(NAME) and datasets.read_text(NAME) == TEXT
    put(places[place], TEXT.encode())
    assert datasets.read_text(NAME) == TEXT


def test_one_right_digest_of_several_is_enough(places, monkeypatch):
    put(places[0], TEXT.encode())
    for digests, right in ([(GIT,), True], [(SHA,), True], [("sha256:0", GIT), True], [("git:0", "sha256:0"), False]):
        monkeypatch.setattr(datasets, "FILES", {NAME: datasets.File("", digests)})
        assert right == (datasets.read_text(NAME) == TEXT if right else "not what it should be" not in told())


@pytest.mark.parametrize("content, end", [(TEXT.encode() + b"x", ""), (b"", ""), (lzma.compress(b"other"), ".xz")])
def test_another_content_is_refused(content, end, places):
    put(places[0], content, end)
    assert "not what it should be" in told()


def test_a_damaged_archive_is_told(places):
    for content in (b"", b"junk", lzma.compress(TEXT.encode())[:-9]):
        put(places[0], content, ".xz")
        assert "cannot be read" in told()


def test_without_a_network_one_sentence_says_what_to_do(places, monkeypatch):
    def unplugged(*args, **options):
        raise OSError("no route to host")

    monkeypatch.setattr(pooch, "retrieve", unplugged)
    assert not datasets.is_local(NAME)
    assert "S2S_DATA" in told()


def test_what_was_fetched_is_kept_and_not_fetched_again(places, monkeypatch):
    asked = []

    def fetch(url, known_hash, fname, path, progressbar):
        asked.append(url)
        put(places[1], TEXT.encode())

    monkeypatch.setattr(pooch, "retrieve", fetch)
    assert datasets.read_text(NAME) == datasets.read_text(NAME) == TEXT
    assert asked == ["https://example.invalid/words.txt"]


@pytest.mark.parametrize("folder", ["", "/sets"])
def test_what_reads_the_real_sets_is_left_out_by_name_where_there_is_no_folder(folder, monkeypatch):
    monkeypatch.setenv("S2S_DATA", folder)
    other, real = (SimpleNamespace(get_closest_marker=marked.get) for marked in ({}, {"data": True}))
    items, left, lines = [real, other, real], [], []
    conftest.pytest_collection_modifyitems(
        SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda items: left.extend(items))), items
    )
    conftest.pytest_terminal_summary(SimpleNamespace(write_line=lines.append))
    assert (items, left) == (([real, other, real], []) if folder else ([other], [real, real]))
    told = [line for line in lines if "S2S_DATA" in line]
    assert len(told) == (0 if folder else 1) and told == [line for line in lines if "NOT CHECKED" in line]


def test_every_file_names_its_address_at_one_commit_and_a_digest():
    for file in datasets.FILES.values():
        pinned = file.url.startswith("https://") and any(len(part) == 40 for part in file.url.split("/"))
        assert pinned or (not file.url and file.build and file.originals)
        assert all(len(d) == {"sha256": 64, "git": 40}[k] for k, _, d in (one.partition(":") for one in file.digests))
