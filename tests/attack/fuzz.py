"""Every endpoint of the page's config, and the routes beside them, with what does not belong there."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from tests.attack import hostile
from tests.attack.client import API, Client
from tests.attack.process import Page
from tests.attack.report import Row, watched

AT_ONCE = 4
STARTS = ("start_one", "start_three", "resume_runs")
PAIRS = "".join(f"{a}{b}{c}\t{c}{b}{a}\n" for a in "abcd" for b in "abcd" for c in "abcd")
POSTED = (
    "/call/predict",
    "/call/own",
    "/call/v2/predict",
    "/call/v2/own",
    "/run/own",
    "/cancel",
    "/reset",
    "/component_server",
)
GOTTEN = (
    "/",
    "/config",
    "/theme.css",
    "/robots.txt",
    "/manifest.json",
    "/monitoring",
    "/monitoring/summary",
    "/login",
    "/static/../../../../etc/passwd",
    "/assets/..%2f..%2f..%2fetc%2fpasswd",
    "/svelte/../app.py",
    "/?lang=ko&lang={x}",
    "/?run={0.__class__}&lang=en",
    "/?run=" + "a" * 5_000,
    *(
        API + path
        for path in (
            "/info",
            "/openapi.json",
            "/startup-events",
            "/queue/status",
            "/queue/data?session_hash=nobody",
            "/queue/data?session_hash=" + "a" * 3_000,
            "/queue/data",
            "/heartbeat/x",
            "/heartbeat/%00",
            "/file=/etc/passwd",
            "/file=/proc/self/environ",
            "/file=../../../etc/passwd",
            "/file=app.py",
            "/file=http://127.0.0.1:1/x",
            "/file/etc/passwd",
            "/proxy=http://127.0.0.1:1/x",
            "/stream/x/0/0/playlist.m3u8",
            "/deep_link?session_hash=nobody",
            "/upload_progress?upload_id=nobody",
            "/custom_component/x/client/component/../../etc/passwd",
            "/call/predict/nobody",
            "/run-history/records",
            "/vibe-code",
            "/dev/reload",
            "/token",
            "/app_id",
        )
    ),
)


def attack(page: Page, calls: int, seed: int = 0) -> Row:
    """So many calls by a few visitors at once, some of whom have answers and pairs of their own."""
    secret = page.runs / "0123456789abcdef01234567" / "pairs.json"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text('[["canary-of-a-run-5c2e", "y"]]')
    with watched(f"fuzzed calls (seed {seed})", page, most=400) as row, ThreadPoolExecutor(AT_ONCE) as pool:
        visitors = [Client(page.url, secrets=["canary-of-a-run-5c2e"]) for _ in range(AT_ONCE)]
        work = partial(_visit, calls=-(-calls // AT_ONCE), forged=[str(secret), *hostile.FILES])
        list(pool.map(work, visitors, range(seed, seed + AT_ONCE)))
        row.add(*visitors)
    return row


def _visit(one: Client, seed: int, calls: int, forged: list[str]) -> None:
    rng = random.Random(seed)
    functions = sorted(one.functions.values(), key=lambda f: f["id"])
    if seed % 2:
        one.usual("read_data", PAIRS)
        one.asks("go-sums", "ask", "1+1")
    while len(one.ended) < calls:
        rng.shuffle(functions)
        for function in functions[: calls - len(one.ended)]:
            if rng.random() < 0.1:
                _beside(one, rng)
            one.ask(function, hostile.written(_body(one, function, rng, forged)))
            if function["api_name"] in STARTS:
                one.nothing("stop_runs")


def _body(one: Client, function: dict[str, Any], rng: random.Random, forged: list[str]) -> Any:
    """What the page's own script would send, with something wrong in it."""
    parts = {part["id"]: part for part in one.config["components"]}
    data = [_usual(parts.get(i, {}), rng) for i in function["inputs"]]
    body = {
        "data": data,
        "fn_index": function["id"],
        "session_hash": one.session,
        "trigger_id": None,
        "event_data": None,
    }
    kind = rng.random()
    if kind < 0.7 and data:
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] = hostile.value(rng)
        if rng.random() < 0.1:
            data[rng.randrange(len(data))] = hostile.forged(rng.choice(forged))
    elif kind < 0.8:
        body["data"] = rng.choice([data[:-1], [*data, None], data * 50, {}, None, "x", hostile.DEEPER])
    elif kind < 0.95:
        body["event_data"] = hostile.value(rng)
        body["trigger_id"] = rng.choice([None, 0, -1, 10**9, *(t[0] for t in function["targets"])])
    else:
        body |= {key: hostile.value(rng) for key in rng.sample(["fn_index", "trigger_id", "event_id", "batched"], 2)}
    return body


def _usual(part: dict[str, Any], rng: random.Random) -> Any:
    """A value this input could have."""
    props, kind = part.get("props", {}), part.get("type")
    choices = [one[1] for one in props.get("choices") or []]
    if choices and rng.random() < 0.5:
        chosen = rng.choice(choices)
        return [chosen] if kind == "checkboxgroup" else chosen
    if kind == "slider":
        return rng.choice([props["minimum"], props["maximum"], props.get("value")])
    if kind == "textbox":
        return rng.choice(["1+1", "She saw the keys .", "나는 학교에 간다 .", props.get("value") or ""])
    if kind == "api":
        return rng.choice(["arithmetic", "pos-ko", "lstm", "1+1", "transformer"])
    if kind == "dataset":
        return 0
    return None if kind in ("state", "file", "video") else props.get("value")


def _beside(one: Client, rng: random.Random) -> None:
    """A request that is none of the page's script."""
    kind = rng.random()
    if kind < 0.5:
        one.send(rng.choice(["GET", "GET", "HEAD", "DELETE", "PUT"]), rng.choice(GOTTEN))
    elif kind < 0.8:
        body = {"data": [hostile.value(rng) for _ in range(rng.randint(0, 4))]}
        body |= {
            key: hostile.value(rng)
            for key in ("session_hash", "fn_index", "event_id", "component_id", "fn_name")[: rng.randint(0, 5)]
        }
        one.post(API + rng.choice(POSTED), hostile.written(body))
    elif kind < 0.9:
        one.send(
            "POST",
            API + rng.choice(["/upload", "/upload?upload_id=x", "/component_server"]),
            files={"files": (rng.choice(hostile.TEXTS[5:20]), b"x")},
        )
    else:
        path = API + rng.choice(["/queue/join", "/run/predict", "/upload", *POSTED])
        content = rng.choice(
            [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"', b"[" * 50_000, b'{"data": 5}', b'{"data":[],"data":[]}']
        )
        one.send(
            "POST",
            path,
            content=content,
            headers={"content-type": rng.choice(["application/json", "text/plain", "multipart/form-data", "x"])},
        )
