"""A Space gets what is committed: text in a commit, binaries in the Hub's own storage, and its rules for them stay."""

from __future__ import annotations

import subprocess

import huggingface_hub.constants
import pytest

from s2s_demo.side_files import sha256
from tests.fake_hub import OLD_RULES, fake_hub
from train import space
from train.__main__ import main


@pytest.fixture
def hub(monkeypatch):
    """The Hub that huggingface_hub asks during the test, with a login."""
    with fake_hub() as found:
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", found.url)
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(
            "huggingface_hub._commit_api.is_xet_available", lambda: False
        )  # that storage is not spoken here
        monkeypatch.setenv("HF_TOKEN", "hf_of_the_test")
        yield found


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A small clone: text, two binaries, and what a Space does not need."""
    files = {
        "README.md": b"---\nsdk: gradio\n---\n",
        "app.py": "print('안녕')\n".encode(),
        ".gitattributes": b"*.safetensors binary\n",
        "checkpoints/addition/gru/model.safetensors": bytes(range(256)) * 40,
        "docs/picture.png": b"\x89PNG\r\n\x1a\n\0\0",
        "tests/test_it.py": b"# a test\n",
        ".github/workflows/ci.yml": b"on: push\n",
        "left-out.txt": b"not committed\n",
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", *(name for name in files if name != "left-out.txt")], cwd=tmp_path, check=True)
    monkeypatch.setattr(space, "ROOT", tmp_path)
    return tmp_path


def test_text_is_committed_and_binaries_are_stored_apart(hub, clone, capsys):
    assert main(["space", "someone/lab"]) == 0
    told = capsys.readouterr().out
    assert "4 files" in told and "https://huggingface.co/spaces/someone/lab" in told
    assert set(hub.files) == {".gitattributes", "README.md", "app.py"}
    assert hub.files[".gitattributes"].decode() == OLD_RULES
    weights = "checkpoints/addition/gru/model.safetensors"
    assert set(hub.large) == {weights, "docs/picture.png"}
    assert (
        hub.large[weights] == sha256(clone / weights)
        and hub.stored[hub.large[weights]] == (clone / weights).read_bytes()
    )
    (made,) = hub.made
    assert (made["type"], made["sdk"], made["visibility"]) == ("space", "gradio", "private")
    assert hub.tokens <= {"Bearer hf_of_the_test", ""}


def test_a_second_upload_brings_it_up_to_date(hub, clone):
    assert main(["space", "someone/lab", "--public"]) == 0
    (clone / "app.py").unlink()
    (clone / "README.md").write_text("---\nsdk: gradio\n---\nnew\n")
    assert main(["space", "someone/lab"]) == 0
    assert set(hub.files) == {".gitattributes", "README.md"} and hub.files["README.md"].endswith(b"new\n")
    assert hub.made[0]["visibility"] == "public"


@pytest.mark.parametrize("status", [401, 403, 404, 409, 500])
def test_a_refusal_is_one_sentence_and_code_1(hub, clone, capsys, status, monkeypatch):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)
    hub.refuse = status
    assert main(["space", "someone/lab"]) == 1
    told = capsys.readouterr().err.strip()
    assert "hf auth login" in told and "\n" not in told and "hf_of_the_test" not in told


def test_no_connection_no_clone_and_no_name_are_told(clone, capsys, monkeypatch, tmp_path_factory):
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)
    for name, sentence in (("someone/lab", "was not uploaded"), ("lab", "named like"), ("a/b/c", "named like")):
        assert main(["space", name]) == 1
        assert sentence in capsys.readouterr().err
    monkeypatch.setattr(space, "ROOT", tmp_path_factory.mktemp("bare"))
    assert main(["space", "someone/lab"]) == 1
    assert "Only a clone" in capsys.readouterr().err


def test_this_repository_s_own_list_holds_what_the_page_needs():
    names = space.committed()
    for needed in (
        "app.py",
        "README.md",
        "requirements.txt",
        "s2s_demo/ui/page.py",
        "checkpoints/addition/gru/model.safetensors",
    ):
        assert needed in names
    assert not any(name.startswith(("tests/", ".github/", ".gitattributes", ".ci/")) for name in names)
