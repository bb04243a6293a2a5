"""Two visitors at once, each with a secret in what is typed and trained: neither may read the other's anywhere."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.attack.client import API, Client
from tests.attack.process import Page
from tests.attack.report import Row, watched

OURS, THEIRS = "zqxjkvmarker", "wvypfgsecret"


def attack(page: Page, rounds: int) -> Row:
    """So many rounds of the same calls by both, at the same time."""
    with watched("two visitors at once", page) as row, ThreadPoolExecutor(2) as pool:
        a, b = Client(page.url, secrets=[THEIRS]), Client(page.url, secrets=[OURS])
        for work in (pool.submit(_visit, a, OURS, rounds), pool.submit(_visit, b, THEIRS, rounds)):
            work.result()
        stranger = Client(page.url, secrets=[OURS, THEIRS])
        for path in (
            "/",
            "/config",
            "/info",
            "/queue/status",
            "/startup-events",
            "/monitoring",
            "/run-history/records",
        ):
            stranger.send("GET", path if path in ("/", "/config", "/monitoring") else API + path)
        for name in ("answer_text", "show_hint", "show_errors", "prepare_download", "suggest"):
            stranger.nothing(name)
        row.add(a, b, stranger)
        said = [one for one in (OURS, THEIRS) if one in page.log()]
        row.expect(not said, "what a visitor wrote stands in the log")
    return row


def _visit(one: Client, marker: str, rounds: int) -> None:
    for i in range(rounds):
        pairs = "".join(f"{marker}{k}\t{k}{marker}\n" for k in range(30))
        one.usual("read_data", pairs, None, "")
        one.call("change_plan", None, "N2M", "char", "char")
        one.usual("suggest")
        one.asks("x-pos-en", "ask", f"The {marker} man .")
        one.asks("go-pos-en", "ask", f"Old {marker} sings {i} .")
        one.call(one.at("heads-pos-en", "_open_heads"), None)
        one.usual(one.at("all-pos-en", "compare_engines"), None, f"A {marker} .")
        one.usual("read_data", f"{marker} alone", None, "")
        file = one.upload(f"{marker}.csv", pairs.replace("\t", ",").encode())
        if file:
            one.usual("read_data", "", file, "")
            one.usual("read_data", "", {**file, "path": file["path"] + "/../nothing"}, "")
        one.call("answer_text", None, None, marker)
