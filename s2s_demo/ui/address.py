"""Where the page listens: the port that was asked for or one sentence, never another one in silence.

Read before gradio is imported, which reads the same variables with no word for a mistake in them.
"""

from __future__ import annotations

import os
import socket
import sys

from s2s_demo.prediction import UserError, quoted

NAME, PORT, USUAL, HERE = "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", 7860, "127.0.0.1"


def asked_port() -> int | None:
    """The port in $GRADIO_SERVER_PORT, seen to be free; None where none was asked for, in which case a taken 7860 is told on standard
    error, since the page will then be at the next free one.

    Raises:
        UserError: it is no port, is taken, or may not be used; or $GRADIO_SERVER_NAME is no address of this machine.
    """
    name, text = os.environ.get(NAME) or HERE, os.environ.get(PORT, "").strip()
    if not text:
        os.environ.pop(PORT, None)
        if not _free(name, USUAL):
            print(f"Port {USUAL} is taken: the page comes up at the next free one, named below.", file=sys.stderr)
        return None
    port = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0
    if not 1 <= port <= 65535:
        raise UserError(
            f"{PORT}에는 1–65535의 포트 번호를 적어 주세요. 지금은 ‘{quoted(text)}’입니다.",
            f"{PORT} takes a port from 1 to 65535, not ‘{quoted(text)}’.",
        )
    if not _free(name, port):
        raise UserError(
            f"{port}번 포트는 이미 쓰이고 있습니다. 다른 번호를 {PORT}에 적거나, 쓰고 있는 프로그램을 끝내 주세요.",
            f"Port {port} is taken: name another one in {PORT}, or end the program that has it.",
        )
    return port


def _free(name: str, port: int) -> bool:
    """Whether nobody listens there, nor on the loopback address, which gradio tries first."""
    for host in {HERE, name.strip("[]")}:
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                if os.name == "posix":  # a port that was closed a moment ago is free
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
        except PermissionError as e:
            raise UserError(
                f"{port}번 포트를 쓸 권한이 없습니다. 1024 이상의 번호를 {PORT}에 적어 주세요.",
                f"Port {port} may not be used by this user: name one from 1024 in {PORT}.",
            ) from e
        except (socket.gaierror, UnicodeError) as e:
            raise _no_address(name) from e
        except OSError as e:
            if host != HERE and e.errno in _NOT_HERE:
                raise _no_address(name) from e
            return False
    return True


_NOT_HERE = (99, 49, 10049)  # EADDRNOTAVAIL of Linux, macOS and Windows


def _no_address(name: str) -> UserError:
    return UserError(
        f"‘{quoted(name)}’은 이 컴퓨터의 주소가 아닙니다. {NAME}을 고쳐 주세요(모두에게 열려면 0.0.0.0).",
        f"‘{quoted(name)}’ is no address of this machine: mend {NAME} (0.0.0.0 opens it to everybody).",
    )
