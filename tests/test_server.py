"""The page as a server: what is refused before Gradio reads it, a queue that nobody stops, and what a failure looks like from outside."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import time
from types import SimpleNamespace

import gradio as gr
import pytest

from s2s_demo.custom.jobs.scheduler import Scheduler
from s2s_demo.ui import server
from s2s_demo.ui.server import blocks, fields, health, index, requests
from s2s_demo.ui.server.addresses import Addresses
from s2s_demo.ui.server.blocks import check_value
from s2s_demo.ui.words import said
from tests import loops
from tests.serving import get, post
from tests.small_page import small_page

NO_SESSION = [
    "",
    " ",
    "a b",
    "<gradio-sep>",
    "a" * 65,
    "ㄱ",
    "../x",
    "a\x00b",
    0,
    7,
    True,
    [],
    {},
    ["abc"],
    {"a": 1},
    1.5,
]
SECONDS = 30
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def page():
    with small_page() as found:
        yield found


@pytest.fixture(autouse=True)
def _silent(page, caplog, capfd):
    """No request of any test leaves a traceback, in the log or on the console, and the queue runs after it."""
    caplog.set_level(logging.INFO)
    yield
    page.gate.set()
    told = "".join(capfd.readouterr()) + caplog.text
    assert "Traceback" not in told and "secret" not in told, told
    assert asked(page, "echo", ["still there"]) == ["still there"]
    assert get(f"{page.url}healthz").status_code == 200


def api(page, path, body=None, **options):
    """A POST of JSON, or of `content`."""
    if body is not None:
        options["json"] = body
    return post(f"{page.url}gradio_api/{path}", timeout=SECONDS, **options)


def asked(page, name, data):
    """The answer of a queued listener, or its sentence, as a client of the API reads it."""
    event = api(page, f"call/{name}", {"data": data}).json()["event_id"]
    lines = get(f"{page.url}gradio_api/call/{name}/{event}", timeout=SECONDS).text.split("\n")
    return json.loads(next(line[6:] for line in lines if line.startswith("data: ") and line != "data: null"))


def is_error(response):
    """Whether a call ended in the sentence for what does not fit."""
    return response.status_code == 422 and response.json()["error"] == said("server.unfit", "en")


def is_sentence(response, *statuses):
    """Whether a refusal is one JSON sentence."""
    told = response.json()
    return response.status_code in statuses and isinstance(told["detail"], str) and told["detail"] == told["error"]


@pytest.mark.parametrize("session", NO_SESSION, ids=repr)
def test_what_cannot_be_a_session_is_refused_by_every_route(page, session):
    body = {"data": ["x"], "fn_index": page.listener("echo"), "session_hash": session}
    for path in ("queue/join", "run/predict", "run/echo", "api/predict", "call/echo"):
        assert is_sentence(api(page, path, body), 422), path
    assert is_sentence(api(page, "cancel", {"fn_index": 0, "session_hash": session, "event_id": "a"}), 422)
    assert is_sentence(api(page, "cancel", {"fn_index": 0, "session_hash": "a", "event_id": session}), 422)
    assert is_sentence(api(page, "reset", {"event_id": session}), 422)
    if isinstance(session, str):
        asks = {"session_hash": session}
        assert is_sentence(get(f"{page.url}gradio_api/queue/data", params=asks), 422)
        assert is_sentence(get(f"{page.url}gradio_api/upload_progress", params={"upload_id": session}), 422)


@pytest.mark.parametrize("path", ["queue/join", "cancel", "reset", "run/echo", "call/echo"])
@pytest.mark.parametrize("body", ["", "{", "[]", "null", "7", '"x"', '{"data": NaN}', '{"data": {}}', "\udcff", "{}"])
def test_a_body_that_is_no_request_is_refused(page, path, body):
    if (path, body) in {("run/echo", "{}"), ("call/echo", "{}")}:
        body = '{"data": 1}'
    response = api(page, path, content=body.encode("utf-8", "surrogateescape"), headers=JSON)
    assert is_sentence(response, 400, 422)


def test_a_session_that_is_missing_where_there_must_be_one_is_refused(page):
    assert is_sentence(api(page, "queue/join", {"data": ["x"], "fn_index": 0}), 422)
    assert is_sentence(get(f"{page.url}gradio_api/queue/data"), 422)


@pytest.mark.parametrize("deep", [33, 900, 100_000])
@pytest.mark.parametrize("ends", ["[]", ('{"a":', "}")])
def test_deep_json_is_refused_before_anything_walks_it(page, deep, ends):
    body = (
        '{"data": [' + ends[0] * deep + ("1" if len(ends[0]) > 1 else "") + ends[1] * deep + '], "session_hash": "a"}'
    )
    assert is_sentence(api(page, "run/echo", content=body), 422)


def test_too_many_lists_are_refused(page):
    assert is_sentence(api(page, "run/echo", content='{"data": [' + "[]," * fields.MOST_LISTS + "1]}"), 422)


@pytest.mark.parametrize(
    "path", ["http://127.0.0.1:1/a.csv", "HTTPS://example.org/a.csv", " http://a", "ftp://a", "file:/etc/passwd"]
)
@pytest.mark.parametrize("where", ["data", "event_data"])
def test_a_file_that_lies_elsewhere_is_never_fetched_for_a_visitor(page, path, where):
    file = {"path": path, "orig_name": "a.csv", "meta": {"_type": "gradio.FileData"}}
    body = {"data": ["a"], "fn_index": 0, "session_hash": "elsewhere"}
    assert is_sentence(api(page, "queue/join", {**body, where: [{"deeper": file}]}), 422)


@pytest.mark.parametrize("path", ["\0", "a\0b", "/etc/passwd", "../x", "a" * 5_000, {"path": "x"}])
def test_an_event_that_names_a_file_which_is_not_there_ends_in_a_sentence(page, path, caplog):
    file = {"path": path, "orig_name": "a.csv", "meta": {"_type": "gradio.FileData"}}
    body = {"data": ["a"], "fn_index": page.listener("evented"), "session_hash": "events", "event_data": {"row": file}}
    refused = api(page, "run/predict", body)
    assert refused.status_code == 422 and refused.json()["error"] == said("server.unfit", "en")
    assert "failed" not in caplog.text


@pytest.mark.parametrize(
    "data",
    [
        ["x", -1],
        ["x", 2],
        ["x", True],
        ["x", "0"],
        ["x", 0.5],
        [5, 0],
        [{}, 0],
        [[["x"]], 0],
        [["x"], 0],
        [["x", 5], 0],
    ],
)
def test_a_row_that_is_not_there_and_a_choice_that_is_no_text_end_in_a_sentence(page, data, caplog):
    body = {"data": data, "fn_index": page.listener("picked"), "session_hash": "picking"}
    refused = api(page, "run/predict", body)
    assert refused.status_code == 422 and refused.json()["error"] == said("server.unfit", "en")
    assert "failed" not in caplog.text
    assert "typed" in api(page, "run/predict", {**body, "data": ["typed", 1]}).text


@pytest.mark.parametrize("odd", [5, None, 0.5, True, {}, ["x"]])
def test_an_argument_of_a_program_that_is_no_text_ends_in_a_sentence(page, odd, caplog):
    assert asked(page, "program", ["a ", " b"]) == ["ab"] and asked(page, "program", ["a", None]) == ["a"]
    assert asked(page, "program", [odd, "a"])["error"] == said("server.unfit", "en")
    assert "failed" not in caplog.text


def test_a_listener_of_the_browser_alone_is_refused(page):
    body = {"data": [], "fn_index": page.listener("browser"), "session_hash": "browsing"}
    assert is_sentence(api(page, "queue/join", body), 422)


def test_a_body_beyond_its_bound_is_refused_and_never_held(page, monkeypatch):
    monkeypatch.setattr(requests, "LARGEST_JSON", 1_000_000)

    def endless():
        for _ in range(3):
            yield b" " * 500_000

    assert is_sentence(api(page, "queue/join", content=endless()), 413)
    assert is_sentence(post(f"{page.url}login", content=endless(), headers=FORM), 413)


def test_a_body_that_does_not_end_is_given_up(page, monkeypatch):
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.2)

    def slow():
        yield b"{"
        time.sleep(1)
        yield b"}"

    assert is_sentence(api(page, "queue/join", content=slow()), 408)


def test_an_upload_beyond_its_bound_is_refused(page, monkeypatch):
    monkeypatch.setattr(requests, "LARGEST_UPLOAD", 1_000_000)
    assert is_sentence(api(page, "upload", files={"files": ("a.txt", b"x" * 1_500_000)}), 413)
    assert is_sentence(api(page, "upload", {"files": []}), 400)
    assert api(page, "upload", files={"files": ("a.txt", b"x" * 1_000)}).status_code == 200


@pytest.mark.parametrize("listener", [-1, 10_000, "0", 1.5, True, [], None, 2**80])
def test_a_listener_that_is_not_there_is_refused(page, listener):
    body = {"data": ["x"], "fn_index": listener, "session_hash": "abc"}
    assert is_sentence(api(page, "queue/join", body), 422)
    assert is_sentence(api(page, "run/nothing", body), 422)
    assert api(page, "call/nothing", {"data": []}).status_code in (404, 422)
    assert api(page, "call/v2/nothing", {"said": "x"}).status_code in (404, 422)
    assert api(page, "call/v2/echo", {"what": "x"}).status_code in (404, 422)


@pytest.mark.parametrize(
    "path", ["stream/abc", "deep_link?session_hash=a", "component_server", "process_recording", "proxy=http://x"]
)
def test_routes_no_part_of_the_page_uses_are_closed(page, path):
    assert is_sentence(get(f"{page.url}gradio_api/{path}"), 404)
    assert is_sentence(api(page, path, {}), 404)


@pytest.mark.parametrize(
    "path",
    ["?page=none", "gradio_api/info?page=none", "gradio_api/file=%00", "gradio_api/queue/data?session_hash=none"],
)
def test_other_routes_end_without_a_traceback_too(page, path):
    assert get(f"{page.url}{path}", timeout=SECONDS).status_code < 500


@pytest.mark.parametrize("lang, header", [("?lang=ko", ""), ("", "ko-KR,ko"), ("?lang=en", "ko")])
def test_a_refusal_is_in_the_visitors_language(page, lang, header):
    headers = {"referer": f"{page.url}{lang}", "accept-language": header}
    told = api(page, "queue/join", {"session_hash": ""}, headers=headers).json()["detail"]
    assert told == said("server.session", "en" if lang == "?lang=en" else "ko")


ODD = [
    None,
    "secret",
    -1,
    1e999,
    2**70,
    True,
    [],
    {},
    [None],
    {"path": "/etc/passwd"},
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_values_that_no_browser_sends_end_in_a_sentence(page, odd):
    good = [5, "x", "x", ["x"], True, None]
    for i in range(len(good)):
        data = [*good[:i], odd, *good[i + 1 :]]
        content = json.dumps({"data": data}).replace("Infinity", "1e999")
        event = api(page, "call/all", content=content, headers=JSON).json()["event_id"]
        told = get(f"{page.url}gradio_api/call/all/{event}", timeout=SECONDS).text
        assert "event: complete" in told or said("server.unfit", "en") in told, (i, told)
        assert "passwd" not in told
        if i < 5:
            content = json.dumps({"data": data[:5]}).replace("Infinity", "1e999")
            told = api(page, "run/now", content=content, headers=JSON)
            assert told.status_code == 200 or (told.status_code, told.json()["error"]) == (
                422,
                said("server.unfit", "en"),
            )


@pytest.mark.parametrize("data", [[], [1], [5, "x"]])
def test_missing_values_end_in_a_sentence(page, data):
    assert asked(page, "all", data)["error"] == said("server.unfit", "en")


def test_a_listener_that_breaks_ends_in_a_sentence_and_one_line_without_the_text(page, caplog):
    response = api(page, "run/broken", {"data": ["secret"]})
    assert (response.status_code, response.json()["error"]) == (422, said("problem", "en"))
    assert "RuntimeError at small_page.py" in caplog.text
    response = api(page, "run/refusing?lang=ko", {"data": ["x"]})
    assert (response.status_code, response.json()["error"]) == (422, "안 됩니다.")


def test_nothing_chosen_where_something_always_is_does_not_reach_a_panel(page):
    radio = next(block for block in page.blocks.blocks.values() if block.get_block_name() == "radio")
    with pytest.raises(ValueError, match="nothing chosen"):
        check_value(radio, None)
    check_value(radio, "x")


def on_loop(page, what):
    """Runs a function on the event loop of the page, where the queue lives."""
    loop = page.blocks._queue.loops["processing"].get_loop()

    async def run():
        return what()

    return asyncio.run_coroutine_threadsafe(run(), loop).result(10)


def until(what, seconds=20.0):
    """Waits for something to be so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


def test_sessions_that_are_gone_while_their_events_wait_stop_nothing(page):
    queue = page.blocks._queue
    page.gate.clear()
    body = {"data": ["x"], "fn_index": page.listener("held")}
    for name in ("first", "gone", "third"):
        assert api(page, "queue/join", {**body, "session_hash": name}).status_code == 200
    on_loop(page, lambda: queue.pending_messages_per_session.pop("gone"))
    assert api(page, "queue/join", {**body, "session_hash": "fourth"}).status_code == 200
    on_loop(page, lambda: queue.broadcast_estimations("one"))
    page.gate.set()
    until(lambda: not len(queue) and not queue.get_active_worker_count())
    assert not queue.trouble()


def test_an_event_cancelled_before_its_first_step_gives_its_place_back(page):
    queue, before = page.blocks._queue, page.blocks._queue.repaired
    session, listener = "cancelled", page.listener("echo")

    async def race():
        """A cancel that arrives between the start of an event and its first step."""
        event = queue.event_ids_to_events[next(iter(queue.pending_event_ids_session[session]))]
        while event._id not in {e._id for job in queue.active_jobs if job for e in job}:
            await asyncio.sleep(0)
        for task in asyncio.all_tasks():
            if task.get_name().endswith(event._id):
                task.cancel()

    page.gate.clear()
    held = {"data": ["x"], "fn_index": page.listener("held"), "session_hash": "holding"}
    api(page, "queue/join", held)
    until(lambda: queue.get_active_worker_count() == 1)
    api(page, "queue/join", {"data": ["x"], "fn_index": listener, "session_hash": session})
    racing = asyncio.run_coroutine_threadsafe(race(), queue.loops["processing"].get_loop())
    page.gate.set()
    racing.result(20)
    until(lambda: not queue.get_active_worker_count())
    assert queue.event_queue_per_concurrency_id["one"].current_concurrency == 0
    assert queue.repaired > before


def test_a_queue_that_stopped_is_told_by_healthz_and_started_again(page, monkeypatch, caplog):
    queue = page.blocks._queue
    monkeypatch.setattr(health.Watchdog, "look", lambda self: None)
    on_loop(page, queue.loops["processing"].cancel)
    until(lambda: queue.stopped)
    response = get(f"{page.url}healthz")
    assert response.status_code == 503 and response.json()["queue"] == "stopped"
    assert api(page, "queue/join", {"data": ["x"], "fn_index": 0, "session_hash": "a"}).status_code == 503
    monkeypatch.undo()
    until(lambda: get(f"{page.url}healthz").status_code == 200)
    assert "the queue had stopped and was started again: processing" in caplog.text


def test_healthz_tells_whether_the_queue_of_trainings_moves(page, monkeypatch):
    keeper = Scheduler(seconds=0.01)
    monkeypatch.setattr(health, "SCHEDULER", keeper)
    assert get(f"{page.url}healthz").json()["trainings"] == "stopped"
    keeper.start()
    assert get(f"{page.url}healthz").json()["trainings"] == "moving"
    keeper.stop()


def test_a_queue_that_keeps_stopping_ends_the_process(monkeypatch, page):
    ended = []
    monkeypatch.setattr(health.Watchdog, "end", lambda self: ended.append(True))
    monkeypatch.setattr(page.blocks._queue, "revive", lambda: ["processing"])
    monkeypatch.setattr(page.blocks._queue, "repair", lambda: None)
    dog = health.Watchdog(page.blocks)
    for _ in range(health.MOST_RESTARTS - 1):
        dog.look()
    assert not ended
    dog.look()
    assert ended and health.EXIT_CODE != 0


def test_one_session_cannot_fill_the_queue(page, monkeypatch):
    monkeypatch.setattr("s2s_demo.ui.server.queueing.MOST_PER_SESSION", 3)
    body = {"data": ["x"], "fn_index": page.listener("held")}
    page.gate.clear()
    taken = [api(page, "queue/join", {**body, "session_hash": "greedy"}).status_code for _ in range(5)]
    assert taken == [200] * 3 + [503] * 2
    assert api(page, "queue/join", {**body, "session_hash": "modest"}).status_code == 200
    page.gate.set()


def test_middleware_can_be_set_in_front():
    options = server.app_options(middleware=server.middleware_of(Addresses()))
    assert [one.cls.__name__ for one in options["middleware"]] == [
        "SecurityHeaders",
        "Routes",
        "IndexCache",
        "Language",
        "RequestLimits",
    ]


def test_half_a_character_neither_ends_the_stream_nor_reaches_a_panel(page):
    content = '{"data": ["a\\ud800b\\udfff"]}'
    event = api(page, "call/echo", content=content, headers=JSON).json()["event_id"]
    told = get(f"{page.url}gradio_api/call/echo/{event}", timeout=SECONDS).text
    assert json.loads(told.split("data: ")[1].split("\n")[0]) == ["a\ufffdb\ufffd"]
    assert blocks.without_surrogates({"\ud800": [("x",), 1, None, "ㄱ😀"]}) == {"\ufffd": [("x",), 1, None, "ㄱ😀"]}


@pytest.mark.parametrize("number, key", [(errno.ENOSPC, "full"), (errno.EMFILE, "busy")])
def test_a_disk_that_is_full_is_told_in_a_sentence(page, monkeypatch, number, key):
    async def failing(*args, **options):
        raise OSError(number, "secret")

    monkeypatch.setattr("gradio.routes.upload_fn", failing)
    told = api(page, "upload", files={"files": ("a.txt", b"x")})
    assert is_sentence(told, 503) and told.json()["error"] == said(f"server.{key}", "en")
    assert int(told.headers["retry-after"]) > 0


def test_what_is_prepared_at_the_start_never_stops_it(caplog):
    done = []
    loops.run(health._prepared([lambda: 1 / 0, lambda: done.append(1)]))
    assert done == [1] and "ZeroDivisionError" in caplog.text


def test_the_page_is_made_once_for_an_address_and_sent_compressed(page):
    def got(query="", **headers):
        response = get(f"{page.url}{query}", headers={"accept-encoding": "identity", **headers})
        assert response.status_code == 200 and int(response.headers["content-length"]) > 0
        return response

    first = got()
    assert got().text == first.text and "content-encoding" not in first.headers
    packed = got(**{"accept-encoding": "gzip"})
    assert packed.text == first.text and packed.headers["content-encoding"] == "gzip"
    assert 4 * int(packed.headers["content-length"]) < int(first.headers["content-length"])
    assert "'language','ko'" in got("?lang=ko").text and "'language','en'" in got("?lang=en").text
    assert "'language'" not in got().text
    other = got(host="lecture.example", **{"x-forwarded-proto": "https"})
    assert "https://lecture.example" in other.text and "lecture.example" not in got().text
    for i in range(3 * index.MOST_KEPT):
        got(host=f"h{i}.example")
    assert got().text == first.text


def test_a_page_that_asks_who_one_is_is_never_kept():
    async def app(scope, receive, send):
        made.append(1)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    async def ignore(message):
        pass

    made = []
    for who, times in ((None, 1), ({"a": "b"}, 3)):
        cache, made[:] = index.IndexCache(app), []
        asked = SimpleNamespace(auth=who, auth_dependency=None)
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "app": asked}
        for _ in range(3):
            loops.run(cache(scope, None, ignore))  # pyright: ignore[reportArgumentType]
        assert len(made) == times


def test_nothing_sent_is_what_a_browser_sends_of_an_empty_component(page):
    assert asked(page, "echo", [None]) == [""]
    assert "[]" in asked(page, "all", [5, "x", "x", None, True, None])[0]
    several = gr.Dropdown(["x"], multiselect=True, render=False)
    assert (blocks.empty_of(several), blocks.empty_of(gr.Dropdown(["x"], render=False))) == ([], None)
    assert blocks.empty_of(gr.Slider(1, 9, value=4, render=False)) == 4
