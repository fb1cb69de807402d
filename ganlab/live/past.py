"""What a live run has behind it: how it began, what was done to it, moments, marks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ganlab.config import RunConfig
from ganlab.live.script import Log, noted, script
from ganlab.live.story import Story
from ganlab.live.timeline import Moment, Timeline, restored, slim
from ganlab.snapshot import History, Snapshot
from ganlab.training import Trainer


@dataclass
class Past:
    """base: the configuration at step 0; log: what was done to the trainer since."""

    base: RunConfig
    timeline: Timeline
    log: Log = ()
    story: Story = field(default_factory=Story)

    @classmethod
    def of(cls, config: RunConfig) -> Past:
        """Of a run that is about to begin."""
        return cls(config, Timeline(config.probe.record_every))

    def note(self, call: str, argument: Any = None) -> None:
        """A method of the trainer was called."""
        self.log = noted(self.log, call, argument)

    def script(self) -> str:
        """Python that repeats the run."""
        return script(self.base, self.log)

    def keep(self, trainer: Trainer, snapshot: Snapshot) -> None:
        """Remember this moment."""
        moment = Moment(slim(snapshot), trainer.config, self.log, trainer.checkpoint())
        self.timeline.keep(moment)

    def shown(self, history: History, step: int) -> Snapshot:
        """The moment at or before a step, as it looked then; ``history`` is that of now."""
        return restored(self.timeline.at(step).view, history)

    def forget_after(self, step: int) -> None:
        """The run goes on from an earlier step."""
        self.timeline, self.story = self.timeline.until(step), self.story.until(step)

    def branch(self, step: int, log: Log) -> Past:
        """Of a branch that starts at this step, to which the log leads."""
        early = Past(self.base, self.timeline.until(step), noted(log, "branch"))
        early.story = self.story.until(step)
        early.story.act(
            step,
            "Branched here",
            f"This run branched off at step {step:,}; the one it came from stays as it was.",
        )
        return early
