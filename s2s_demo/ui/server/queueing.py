"""Gradio's queue, made so that no event of one visitor can stop or block it for the others.

Known ways (Gradio 6.31), each of them tried in the tests: a message for a session that is no longer there raised inside the loop that
runs the queue; an event cancelled between its start and its first step kept its place among the running ones for ever; the 2,001st
session pushed the oldest one's answers out; after every event a table of the last 10,000 was summed up for a monitor that is off.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import Any

from gradio.queueing import Event, Queue
from gradio.server_messages import EventMessage

from s2s_demo.faults import brief
from s2s_demo.ui.server.connections import Connections
from s2s_demo.ui.words import lang_of, said

LOG = logging.getLogger(__name__)
MOST_WAITING = 2_000
"""Events that wait in all: bounds memory. A hall of 200 has a few each."""
MOST_PER_SESSION = 64
"""Events of one session that wait, run, or whose answers nobody has read yet."""
MOST_MESSAGES = 2_000
MOST_SESSIONS = 4_000
POLL_SECONDS = 0.004
STUCK_SECONDS = 120


class SteadyQueue(Queue):
    """The queue of the page.

    connections: which sessions are listened for. repaired: how often a place that an event had lost was given back.
    """

    def __init__(self, old: Queue, connections: Connections) -> None:
        super().__init__(
            old.live_updates,
            old.max_thread_count,
            old.update_intervals,
            old.max_size,
            old.blocks,
            old.default_concurrency_limit,
        )
        self.pending_messages_per_session = {}  # pyright: ignore[reportAttributeAccessIssue]  bounded in push, never pushing out
        self.sleep_when_free = POLL_SECONDS
        self.ANALYTICS_MAX_EVENTS = 1
        self.connections = connections
        self.touched: dict[str, float] = {}
        self.loops: dict[str, asyncio.Task[None]] = {}
        self.closing = False
        self.repaired = 0

    def start(self) -> None:
        """Starts the loops, and keeps them to be looked at."""
        self.active_jobs = [None] * self.max_thread_count
        self.closing = self.stopped = False
        self._run_loops()

    def _run_loops(self) -> list[str]:
        """Starts each loop that does not run, and says which had ended."""
        wanted: dict[str, Any] = {"processing": self.start_processing, "progress": self.start_progress_updates}
        if not self.live_updates:
            wanted["places"] = self.notify_clients
        ended = []
        for name, loop in wanted.items():
            task = self.loops.get(name)
            if task is None or task.done():
                if task is not None:
                    error = None if task.cancelled() else task.exception()
                    ended.append(f"{name} ({brief(error) if error else 'cancelled'})")
                self.loops[name] = asyncio.get_running_loop().create_task(loop())
        return ended

    def close(self) -> None:
        """Stops the queue for good."""
        self.closing = True
        super().close()

    def revive(self) -> list[str]:
        """Starts again what has ended though the queue was not closed, and says what that was."""
        if self.closing or not self.loops:
            return []
        was_stopped = self.stopped
        self.stopped = False
        ended = self._run_loops()
        return ended or (["the queue was marked as stopped"] if was_stopped else [])

    def repair(self) -> None:
        """Gives back the places of events whose task is gone, and counts the running ones anew."""
        alive = {task.get_name().rpartition("<gradio-sep>")[2] for task in asyncio.all_tasks()}
        running: Counter[str] = Counter()
        for place, events in enumerate(self.active_jobs):
            if events is None:
                continue
            if any(event._id in alive for event in events) or events[0].fn.batch:
                running[str(events[0].concurrency_id)] += 1
                continue
            self.repaired += 1
            self.active_jobs[place] = None
            for event in events:
                self.event_ids_to_events.pop(event._id, None)
        for name, waiting in self.event_queue_per_concurrency_id.items():
            waiting.current_concurrency = running[str(name)]
            if not running[str(name)]:
                waiting.start_times_per_fn.clear()

    def trouble(self) -> str:
        """Why no event can be answered now; "" if the queue runs."""
        if not self.loops:
            return "not started"
        if self.stopped or any(task.done() for task in self.loops.values()):
            return "stopped"
        for waiting in self.event_queue_per_concurrency_id.values():
            free = waiting.concurrency_limit is None or waiting.current_concurrency < waiting.concurrency_limit
            if waiting.queue and free and time.monotonic() - waiting.queue[0].enqueue_time > STUCK_SECONDS:
                return "stuck"
        return ""

    async def push(self, body: Any, request: Any, username: str | None) -> Any:
        """As Gradio's, with bounds for one session and for all."""
        session = body.session_hash
        full = len(self) >= MOST_WAITING or len(self.pending_messages_per_session) >= MOST_SESSIONS
        if full or len(self.pending_event_ids_session.get(session, ())) >= MOST_PER_SESSION:
            return False, said("server.busy", lang_of(request)), "queue_full"
        found = await super().push(body, request, username)
        self.touched[body.session_hash] = time.monotonic()
        return found

    def send_message(self, event: Event, event_message: EventMessage) -> None:
        """As Gradio's; whom nobody can hear any more is not told, and an event nobody hears is given up."""
        messages = self.pending_messages_per_session.get(event.session_hash)
        if messages is None or messages.qsize() >= MOST_MESSAGES:
            event.alive = False
        super().send_message(event, event_message)

    def compute_analytics_summary(self, records: Any) -> Any:
        """Nothing: the monitor that would show it is off."""
        return self.cached_event_analytics_summary

    def forget(self, seconds: float) -> int:
        """Drops the messages and names of sessions that nobody has listened for in that time and that wait for nothing; returns how many."""
        now, busy = time.monotonic(), {event.session_hash for event in self.event_ids_to_events.values()}
        known = {*self.pending_messages_per_session, *self.pending_event_ids_session, *self.touched}
        gone = [
            name
            for name in known - busy
            if not self.connections.listening(name)
            and now - max(self.touched.get(name, 0.0), self.connections.last.get(name, 0.0)) > seconds
        ]
        for name in gone:
            self.pending_messages_per_session.pop(name, None)
            self.pending_event_ids_session.pop(name, None)
            self.touched.pop(name, None)
        return len(gone)
