"""The worker's desk: what it is asked is answered here, and new runs are ordered.

Runs are built one at a time in a thread, as that takes a while; what is asked of a run
meanwhile waits until it is there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import torch

from ganlab.config import RunConfig
from ganlab.figures import FIGURES
from ganlab.live import building, protocol
from ganlab.live.actions import act
from ganlab.live.branching import start_of_branch
from ganlab.live.building import Built
from ganlab.live.gallery import Gallery
from ganlab.live.hosting import Hosted, Inbox, Ready, Request
from ganlab.live.jobs import Jobs, Send
from ganlab.live.picture import Wishes
from ganlab.live.questions import Question
from ganlab.live.run import LiveRun
from ganlab.training import Trainer

log = logging.getLogger("ganlab.worker")

PACE = 100.0  # iterations per second of a run at first: faster would be over before it is seen


class Desk:
    """``hosted`` are the runs by id, ``jobs`` the questions about them that take longer.

    ``send`` takes envelopes to the hub.
    """

    def __init__(
        self, inbox: Inbox, send: Send, make_trainer: Callable[[RunConfig], Trainer]
    ) -> None:
        self.send = send
        self.hosted: dict[str, Hosted] = {}
        self._inbox, self._make_trainer = inbox, make_trainer
        # One builder: the first weights come from torch's global random state.
        self._builder = ThreadPoolExecutor(1, "builder", torch.set_num_threads, (1,))
        self.jobs = Jobs(send)
        self.gallery = Gallery(self._prepare, send, self.jobs)

    def close(self) -> None:
        """Build no more."""
        self._builder.shutdown(wait=False, cancel_futures=True)

    def answer(self, request: Request | Ready) -> None:
        """Do what is asked. While a run is built it waits; but a pause acts at once as well."""
        if isinstance(request, Ready):
            self._take_over(request)
            return
        command, one = request.command, self.hosted.get(request.run)
        if isinstance(command, protocol.Leave):
            self.jobs.leave(request.run, request.viewer)
            self.gallery.leave(request.run, request.viewer)
        elif isinstance(command, protocol.Create):
            self._create(request, command)
        elif one is None:
            self.gallery.answer(request)
        elif isinstance(command, Question):
            self.jobs.ask(request, one.run.subject)
        elif type(command) in CONTROL:
            CONTROL[type(command)](self, one, command)
        elif not one.building:
            self._ask(one, request)
        else:
            one.waiting.append(request)
            if isinstance(command, protocol.Pause) and one.run.trainer is not None:
                act(one.run, command)

    def _ask(self, one: Hosted, request: Request) -> None:
        """Let a run obey a viewer, who sees it at once, or hears why it does not."""
        before, one.framed_at = one.run.config, 0.0
        handler = ASKED.get(type(request.command), Desk._act)
        try:
            handler(self, one, request)
        except ValueError as error:
            self._refuse(request, error)
        except Exception as error:
            self.fail(one, error)
        self.tell(one, before)

    def _act(self, one: Hosted, request: Request) -> None:
        act(one.run, request.command)

    def _python(self, one: Hosted, request: Request) -> None:
        if not one.run.failure:
            one.run.finish_iteration()
        self._reply(request, {"type": "python", "text": one.run.past.script()})

    def _watch(self, one: Hosted, command: protocol.Watch) -> None:
        figures = tuple(name for name in command.figures if name in FIGURES)
        wishes = Wishes(figures, command.layers, command.scene)
        one.run.changed |= command.viewers > one.viewers or wishes != one.wishes
        one.viewers, one.wishes = command.viewers, wishes
        one.unwatched_since = time.monotonic()

    def _want(self, one: Hosted, command: protocol.Want) -> None:
        one.run.wanted = True

    def _release(self, one: Hosted, command: protocol.Release) -> None:
        del self.hosted[one.id]

    # -- building ------------------------------------------------------------------------------

    def _create(self, request: Request, command: protocol.Create) -> None:
        try:
            config = RunConfig.from_dict(command.config)
        except ValueError as error:
            self._refuse(request, error)
            return
        run = LiveRun(config, playing=command.playing, note=command.note, pace=PACE)
        one = self.hosted[request.run] = Hosted(request.run, run)
        make = partial(self._make_trainer, config)
        self._build(config, make, (one,), partial(self._begin, one), partial(self.fail, one))

    def _rebuild(self, one: Hosted, request: Request) -> None:
        """Reset or draw: the run goes on as it is until the new one is there."""
        config = building.changed(one.run.config, request.command)
        make = partial(self._make_trainer, config)

        def restart(built: Built) -> None:
            before = one.run.config
            one.run.restart(built, playing=request.command.play)
            self._show(one, built, before)

        self._build(config, make, (one,), restart, partial(self._give_up, request))

    def _fork(self, one: Hosted, request: Request) -> None:
        """Branch off into a run of its own, and tell the viewer who asked."""
        target = request.command.target
        try:
            start = start_of_branch(one.run)
        except ValueError:
            self.send({"type": "released", "run": target}, b"")
            raise
        pace = one.run.pace.per_second
        run = LiveRun(start.config, playing=False, pace=pace, past=start.past)
        branch = self.hosted[target] = Hosted(target, run)

        def begin(built: Built) -> None:
            self._begin(branch, built)
            answer = {"type": "branched", "target": target, "step": start.step}
            self._reply(request, answer | {"config": start.config.to_dict()})

        def give_up(error: Exception) -> None:
            self._give_up(request, error)
            self.hosted.pop(target, None)
            self.send({"type": "released", "run": target}, b"")

        # The builder reads the history of the run it branches from, which waits as well.
        self._build(start.config, start.make, (one, branch), begin, give_up)

    def _build(
        self,
        config: RunConfig,
        make: Callable[[], Trainer],
        runs: tuple[Hosted, ...],
        adopt: Callable[[Built], None],
        refuse: Callable[[Exception], None],
    ) -> None:
        for one in runs:
            one.building = True
        self._prepare(partial(building.build, config, make), adopt, refuse, runs)

    def _prepare(
        self,
        work: Callable[[], Any],
        adopt: Callable[[Any], None],
        refuse: Callable[[Exception], None],
        runs: tuple[Hosted, ...] = (),
    ) -> None:
        """Have something done by the builder; then it is taken over, or refused, here."""
        future = self._builder.submit(work)
        future.add_done_callback(lambda done: self._inbox.put(Ready(done, runs, adopt, refuse)))

    def _take_over(self, ready: Ready) -> None:
        """What was built, or why it could not be; then what was asked for meanwhile."""
        error = ready.built.exception()
        try:
            if error is None:
                ready.adopt(ready.built.result())
            else:
                ready.refuse(error)
        except Exception as crash:
            log.error("what was built could not be taken over", exc_info=crash)
            for one in ready.runs[-1:]:
                self.fail(one, crash)
        for one in ready.runs:
            one.building, waiting, one.waiting = False, one.waiting, []
            for request in waiting:
                self.answer(request)

    def _begin(self, one: Hosted, built: Built) -> None:
        before = one.run.config
        one.run.begin(built)
        self._show(one, built, before)

    def _show(self, one: Hosted, built: Built, before: RunConfig) -> None:
        """A run stands at a new start: all that its viewers must know."""
        self.send({"type": "static", "run": one.id}, built.static)
        one.told = None
        self.tell(one, before)

    def _give_up(self, request: Request, error: Exception) -> None:
        """The run that was asked for cannot be had; the one that is there stays."""
        if not isinstance(error, ValueError):
            log.error("a run could not be built", exc_info=error)
            error = ValueError(f"This could not be built ({type(error).__name__}: {error}).")
        self._refuse(request, error)

    # -- answers -------------------------------------------------------------------------------

    def _reply(self, request: Request, notice: Mapping[str, Any]) -> None:
        self.send({**notice, "run": request.run, "viewer": request.viewer}, b"")

    def _refuse(self, request: Request, error: ValueError) -> None:
        self._reply(request, protocol.refusal(error))

    def tell(self, one: Hosted, before: RunConfig) -> None:
        """Let the viewers know the configuration and the marks, where they are new."""
        if one.run.config is not before:
            config = one.run.config.to_dict()
            self.send({"type": "config", "run": one.id, "config": config}, b"")
        story = one.run.past.story
        if one.told != (story, story.revision):
            one.told = (story, story.revision)
            self.send({"type": "marks", "run": one.id, "marks": story.marks()}, b"")

    def fail(self, one: Hosted, error: Exception) -> None:
        """A crash fails this run alone."""
        one.run.fail(error)
        log.error("run %s failed", one.id, exc_info=error)


CONTROL: dict[type, Callable[[Desk, Hosted, Any], None]] = {
    protocol.Watch: Desk._watch,
    protocol.Want: Desk._want,
    protocol.Release: Desk._release,
}
ASKED: dict[type, Callable[[Desk, Hosted, Request], None]] = {
    protocol.Python: Desk._python,
    protocol.Reset: Desk._rebuild,
    protocol.Draw: Desk._rebuild,
    protocol.Fork: Desk._fork,
}
