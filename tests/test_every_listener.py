"""Every listener of the real page over raw HTTP, with values no browser sends: an answer or one sentence, never a traceback or a 500."""

from __future__ import annotations

import json
import logging

import httpx
import pytest

from tests.serving import get, shared

FORGED = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}, "url": "http://127.0.0.1:9/x", "orig_name": "x"}
ODD = {
    "nothing": lambda i: None,
    "text": lambda i: "secret\ud800{x.__class__}",
    "numbers": lambda i: (-1, 1e999, 2**60, True)[i % 4],
    "lists": lambda i: ([], {}, [None], [["secret"]])[i % 4],
    "files": lambda i: FORGED,
}
JSON = {"content-type": "application/json"}
TIMEOUT = 60


@pytest.fixture(scope="module")
def page():
    with httpx.Client(base_url=f"{shared()}gradio_api/", timeout=TIMEOUT, verify=False) as http:
        listeners = get(f"{shared()}config").json()["dependencies"]
        yield http, [one for one in listeners if one["backend_fn"]]


def asked(http, listener, data, session):
    """(status, error): of a call as the page's script makes it."""
    body = {
        "data": data,
        "fn_index": listener["id"],
        "session_hash": session,
        "trigger_id": None,
        "event_data": {"row": "x"},
    }
    content = json.dumps(body).replace("Infinity", "1e999")
    if not listener["queue"]:
        found = http.post("run/predict", content=content, headers=JSON)
        return found.status_code, found.json().get("error") if found.status_code != 200 else ""
    joined = http.post("queue/join", content=content, headers=JSON)
    assert joined.status_code == 200, joined.text
    with http.stream("GET", "queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message = json.loads(line[6:]) if line.startswith("data: ") else {}
            assert message.get("msg") != "unexpected_error", message
            if message.get("msg") == "process_completed":
                return (200, "") if message["success"] else (422, message["output"].get("error"))
    raise AssertionError("the stream ended without an answer")


@pytest.mark.parametrize("kind", [*ODD, "too few"])
def test_every_listener_ends_in_an_answer_or_a_sentence(page, kind, caplog, capfd):
    http, listeners = page
    caplog.set_level(logging.WARNING)
    for listener in listeners:
        wanted = len(listener["inputs"])
        if not wanted:
            continue
        data = [ODD[kind](i) for i in range(wanted)] if kind in ODD else [None] * (wanted - 1)
        status, error = asked(http, listener, data, f"odd{listener['id']}")
        name = listener["api_name"], listener["id"]
        assert status in (200, 422), (name, status, error)
        assert (status == 200) is (error == ""), (name, error)
        assert status == 200 or (isinstance(error, str) and len(error.strip()) > 5), (name, error)
    told = caplog.text + "".join(capfd.readouterr())
    assert "Traceback" not in told and "secret" not in told and "passwd" not in told, told[-3000:]
