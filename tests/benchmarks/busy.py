"""`python -m tests.benchmarks.busy`: how long a question takes in the rooms while four visitors train their own pairs.

From the click to the answer on the page, in a real browser, the lens included; p50 and p95 of 30 questions a room, alone and with four
runs of 5,000 reversed words started a moment ago: as the page lets them (two at a time on two cores, the others in the queue), then all four at
once. Measured, never asserted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from statistics import quantiles

from playwright.sync_api import Page, expect, sync_playwright

from s2s_demo.custom.examples import EXAMPLES
from s2s_demo.custom.jobs import job_queue, runs
from s2s_demo.custom.plan import guess_plan
from s2s_demo.custom.suggest import suggest_training
from tests.chromium import install
from tests.serving import served

VISITORS, QUESTIONS = 4, 30
ROOMS = {
    "arithmetic": ("arithmetic", lambda i: f"{300 + i}+{589 + i}", lambda i: f"{300 + i} + {589 + i} ="),
    "pos-en": ("pos", lambda i: f"She saw {i} keys in the old cabinet .", lambda i: str(i)),
    "intent-en": ("intent", lambda i: f"set an alarm for {i} minutes", lambda i: str(i)),
}


def main() -> None:
    """Three lines a situation."""
    with tempfile.TemporaryDirectory() as kept, served() as url, sync_playwright() as p:
        os.environ["S2S_RUNS"] = kept
        browser = p.chromium.launch(executable_path=install(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{url}?lang=en")
        expect(page.locator("#answer-arithmetic .said")).not_to_be_empty(timeout=60_000)
        told(page, "nobody trains")
        for at_once in (job_queue.AT_ONCE, VISITORS):
            job_queue.AT_ONCE = at_once
            names = [started(seed) for seed in range(VISITORS)]
            waited(names, at_once)
            told(page, f"{VISITORS} visitors, {at_once} runs at once")
            states = [runs.status(name) for name in names]
            print("   " + "; ".join(f"{s.state}, step {s.step:,} of {s.steps:,}" for s in states), flush=True)
            for name in names:
                runs.delete(name)
        browser.close()


def started(seed: int) -> str:
    """A run as the page would suggest it."""
    pairs = EXAMPLES["reverse"].pairs()
    plan = guess_plan(pairs)
    return runs.start(pairs, plan, suggest_training(pairs, plan), seed)


def waited(names: list[str], at_once: int) -> None:
    """Until as many train as may."""
    until = time.monotonic() + 120
    while sum(runs.status(name).step > 0 for name in names) < at_once:
        if time.monotonic() > until:
            sys.exit("the runs do not begin")
        time.sleep(0.5)


def told(page: Page, when: str) -> None:
    """A line a room."""
    for task, (room, text, seen) in ROOMS.items():
        page.locator(f"#room-{room}-button").click()
        page.locator(f"#task-{task}-button").click()
        expect(page.locator(f"#answer-{task} .ys .tok").first).to_be_visible(timeout=60_000)
        taken = [asked(page, task, text(i), seen(i)) for i in range(10, 10 + QUESTIONS)]
        cuts = quantiles(taken, n=20)
        print(f"{when:<32} {task:<12} p50 {1000 * cuts[9]:5.0f} ms   p95 {1000 * cuts[18]:5.0f} ms", flush=True)


def asked(page: Page, task: str, text: str, seen: str) -> float:
    """Seconds from the click until the page shows the answer to this very question."""
    page.fill(f"#x-{task} textarea", text)
    page.wait_for_timeout(200)
    began = time.perf_counter()
    page.locator(f"#go-{task}").click()
    page.wait_for_function(
        "([task, seen]) => document.querySelector(`#answer-${task}`).innerText.includes(seen)",
        arg=[task, seen],
        timeout=120_000,
        polling=10,
    )
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
