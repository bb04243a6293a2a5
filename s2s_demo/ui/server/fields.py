"""What the JSON of a request may hold: a bounded size and depth, names that can be a session's, numbers that name a listener."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

LARGEST_JSON = 4_000_000
DEEPEST, MOST_LISTS, MOST_DATA = 32, 20_000, 1_000
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Gradio's page makes names of 11 letters and digits, its clients and queue 32 hex digits with or without dashes."""

ELSEWHERE = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]+:")
"""How an address begins; a drive of Windows has but one letter."""


class Refused(Exception):
    """A request is not taken.

    key, facts: the sentence and what stands in its places.
    """

    def __init__(self, status: int, key: str, **facts: object) -> None:
        super().__init__(key)
        self.status, self.key, self.facts = status, key, facts


def read_json(body: bytes) -> Any:
    """The value of a body.

    Raises:
        Refused: it is not JSON (which knows no NaN), has too many or too deep lists and objects, or names a file that lies elsewhere,
            which Gradio would fetch for whoever asks.
    """
    try:
        found = json.loads(body, parse_constant=_no_constant)
    except RecursionError:
        raise Refused(422, "server.deep") from None
    except ValueError:
        raise Refused(400, "server.json") from None
    left, lists = [(found, 1)], 0
    while left:
        one, depth = left.pop()
        lists += 1
        if depth > DEEPEST or lists > MOST_LISTS:
            raise Refused(422, "server.deep")
        if isinstance(one, dict) and ELSEWHERE.match(str(one.get("path", ""))[:100]):
            raise Refused(422, "server.unfit")
        inside = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        left += [(part, depth + 1) for part in inside if isinstance(part, (dict, list))]
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def check_name(name: Any) -> None:
    """
    Raises:
        Refused: this cannot be the name of a session, an event or an upload.
    """
    if not isinstance(name, str) or NAME.fullmatch(name) is None:
        raise Refused(422, "server.session")


def check_fields(route: str, found: Any, blocks: Any) -> None:
    """
    Raises:
        Refused: a session, an event or a listener is named by something that cannot be one, or is missing where there must be one.
    """
    if not isinstance(found, dict):
        raise Refused(422, "server.unfit")
    needed = {"queue/join": ("session_hash",), "cancel": ("session_hash", "event_id"), "reset": ("event_id",)}
    for name in ("session_hash", "event_id"):
        if name in needed.get(route, ()) or found.get(name) is not None:
            check_name(found.get(name))
    if route.startswith("call/v2/"):
        return
    listener, trigger, data = found.get("fn_index"), found.get("trigger_id"), found.get("data", [])
    if not all(number is None or type(number) is int for number in (listener, trigger)):
        raise Refused(422, "server.unfit")
    if listener is None and route in ("queue/join", "cancel"):
        raise Refused(422, "server.unfit")
    if listener is not None and listener not in blocks.fns and not blocks.renderables:
        raise Refused(422, "server.unfit")
    if listener in blocks.fns and not blocks.fns[listener].fn:  # it runs in the browser alone
        raise Refused(422, "server.unfit")
    if not isinstance(data, list) or len(data) > MOST_DATA or found.get("batched"):
        raise Refused(422, "server.unfit")
