"""A worker in a thread, for the tests that talk to one."""

from __future__ import annotations

import queue
import threading
import time

from live_helpers import SMALL

from ganlab.live import protocol
from ganlab.live.frames import unpack
from ganlab.live.hosting import Request
from ganlab.live.worker import Worker
from ganlab.training import Trainer

LONG = SMALL.with_values({"training.steps": 10_000_000}).to_dict()
PATIENCE = 60.0  # seconds until a test gives up


class Bench:
    """A worker in a thread, with what it sends; ``viewer`` asks."""

    def __init__(self, make_trainer=Trainer):
        self.inbox, self.sent = queue.SimpleQueue(), queue.SimpleQueue()
        self.worker = Worker(
            self.inbox, lambda header, body: self.sent.put((header, body)), make_trainer
        )
        self.thread = threading.Thread(target=self.worker.serve, daemon=True)
        self.thread.start()

    def tell(self, run, *commands, viewer=0):
        for command in commands:
            self.inbox.put(Request(run, command, viewer))

    def create(self, run, config=LONG, **options):
        self.tell(run, protocol.Create(config=config, **options), protocol.Watch(viewers=1))

    def hosted(self, run):
        return self.worker.desk.hosted[run]

    def hosted_picture(self, run):
        """The fakes of a run that stands still and has sent its frame."""
        return self.hosted(run).run.look().fake.copy()

    def messages(self):
        """(header, meta) of every message as it comes."""
        end = time.monotonic() + PATIENCE
        while True:
            header, body = self.sent.get(timeout=max(end - time.monotonic(), 0.01))
            yield header, unpack(body)[0] if body else None

    def next(self, kind, run):
        """The next message of a kind about a run."""
        for header, meta in self.messages():
            if header["type"] == kind and header.get("run") == run:
                return header if meta is None else meta

    def frame(self, run):
        self.tell(run, protocol.Want())
        return self.next("frame", run)

    def frame_when(self, run, condition):
        while not condition(meta := self.frame(run)):
            pass
        return meta

    def close(self):
        self.inbox.put(None)
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
