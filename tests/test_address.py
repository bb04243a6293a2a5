"""The port that was asked for, or one sentence; never another one in silence."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from s2s_demo.prediction import UserError
from s2s_demo.ui import address

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def taken():
    """The number of a port on which somebody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def ask(monkeypatch):
    """(port="", name="") -> what `asked_port` says to these variables."""

    def ask(port="", name=""):
        for variable, value in ((address.PORT, port), (address.NAME, name)):
            monkeypatch.setenv(variable, value)
        return address.asked_port()

    return ask


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_free_port_is_taken(ask):
    port = free()
    assert ask(str(port)) == port and ask(f" {port} ", "127.0.0.1") == port and ask(str(port), "0.0.0.0") == port


def test_a_taken_port_is_told(ask, taken):
    for name in ("", "127.0.0.1", "0.0.0.0", "localhost"):
        with pytest.raises(UserError, match=f"Port {taken} is taken") as told:
            ask(str(taken), name)
        assert str(taken) in told.value.words.ko and "\n" not in told.value.words.en


@pytest.mark.parametrize("text", ["abc", "0", "-1", "70000", "9" * 5000, "7860.0", "８０８０", "0x50", "{port}"])
def test_what_is_no_port_is_told(ask, text):
    with pytest.raises(UserError, match="a port from 1 to 65535") as told:
        ask(text)
    assert len(told.value.words.en) < 200


@pytest.mark.parametrize("name", ["no.such.invalid", "256.1.1.1", "192.0.2.1", "a" * 300, "..", "{x}"])
def test_an_address_of_another_machine_is_told(ask, name, monkeypatch):
    def lookup(host, *args, real=socket.getaddrinfo, **options):
        if host in ("127.0.0.1", "192.0.2.1"):
            return real(host, *args, **options)
        raise socket.gaierror(-2, "Name or service not known")  # without asking a name server

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(UserError, match="no address of this machine"):
        ask(str(free()), name)


def test_a_port_that_may_not_be_used_is_told(ask, monkeypatch):
    def refused(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "socket", type("S", (socket.socket,), {"bind": refused}))
    with pytest.raises(UserError, match="may not be used"):
        ask("80")


def test_where_none_is_asked_for_a_taken_usual_one_is_told_and_the_next_is_left_to_gradio(
    ask, taken, monkeypatch, capsys
):
    monkeypatch.setattr(address, "USUAL", taken)
    assert ask() is None
    assert f"Port {taken} is taken" in capsys.readouterr().err
    monkeypatch.setattr(address, "USUAL", free())
    assert ask() is None and capsys.readouterr().err == ""


def test_the_command_ends_with_one_sentence_and_code_1_before_the_page_is_built(taken):
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, env=environment(str(taken)))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.strip().splitlines()[-1].startswith(f"Port {taken} is taken") and "Traceback" not in done.stderr
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, env=environment("abc"))
    assert done.returncode == 1 and "from 1 to 65535" in done.stderr and "Traceback" not in done.stderr


CODE = """
import runpy, sys
sys.modules["s2s_demo.ui.page"] = None  # whoever imports the page fails
runpy.run_path("app.py", run_name="__main__")
"""


def environment(port: str) -> dict[str, str]:
    return {**os.environ, "GRADIO_SERVER_PORT": port}
