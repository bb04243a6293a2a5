"""The scheduler: one thread of the page that moves the job queue and deletes old runs by the clock, whether or not anybody looks.

It begins with the page, so that after a crash what waits goes on. Several pages on one machine may each have one: the queue has a lock.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from threading import Event, Lock, Thread

from s2s_demo.custom.jobs import job_queue, retention
from s2s_demo.custom.jobs import storage as files
from s2s_demo.prediction import UserError

LOG = logging.getLogger(__name__)
TICK_SECONDS, SWEEP_SECONDS = 1.0, 60.0
_START_LOCK = Lock()


class Scheduler:
    """One thread for the folder of runs that there is when it starts; it runs until it was stopped as often as it was started."""

    def __init__(self, seconds: float = TICK_SECONDS) -> None:
        self.seconds = seconds
        self._swept, self._told = float("-inf"), ""
        self._thread: Thread | None = None
        self._pages, self._root = 0, Path()
        self._ended, self._woken = Event(), Event()

    @property
    def alive(self) -> bool:
        """Whether its thread is there."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Starts the thread, if it is not there."""
        with _START_LOCK:
            self._pages += 1
            self._root = files.root()
            self._begin()

    def stop(self) -> None:
        """Ends the thread after its tick and waits for that, unless another page of this process still wants it."""
        with _START_LOCK:
            self._pages = max(0, self._pages - 1)
            thread = self._thread
            if self._pages or thread is None:
                return
            self._ended.set()
            self._woken.set()
        thread.join(2 * job_queue.LOCK_SECONDS)

    def wake(self) -> None:
        """Lets the next tick come at once; a thread that died although it is wanted is started again."""
        self._woken.set()
        with _START_LOCK:
            if self._pages:
                self._begin()

    def _begin(self) -> None:
        if not self.alive:
            self._ended = Event()
            self._thread = Thread(target=self._run, args=(self._ended,), name="scheduler", daemon=True)
            self._thread.start()

    def tick(self) -> None:
        """Moves the queue; at first and then once a minute it also recovers and deletes.

        Raises:
            UserError: another process held the lock of the queue for too long.
            OSError: the folder of the runs cannot be written to.
        """
        if time.monotonic() - self._swept >= SWEEP_SECONDS:
            self._swept = time.monotonic()
            with job_queue.locked():
                job_queue.requeue_lost()
                count = retention.sweep()
            if count:
                LOG.info("%s runs were deleted: not used for a day, or too many", count)
        job_queue.advance()

    def _run(self, ended: Event) -> None:
        while not ended.is_set():
            try:
                if files.root() == self._root and job_queue.folders():
                    self.tick()
                self._told = ""
            except (UserError, OSError) as e:  # the lock is taken, or the disk is full: the next tick tries again
                if str(e) != self._told:  # said once, not every second
                    LOG.warning("the queue of trainings does not move: %s", e)
                self._told = str(e)
            except BaseException:  # whatever it is, everybody's trainings depend on this thread
                LOG.exception("in the scheduler of trainings")
            self._woken.wait(self.seconds)
            self._woken.clear()


SCHEDULER = Scheduler()
"""That of this process."""
