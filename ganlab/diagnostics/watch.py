"""What a chronicle keeps an eye on: each verdict, and the modes, without crying wolf."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from ganlab.diagnostics.words import WORDS, Words, listed
from ganlab.snapshot import Event, Verdict

CONFIRM = {"warning": 1, "notice": 2, "good": 2}  # readings before a verdict is announced
ABSENT = 4  # readings without a verdict before it has ended; twice as many after each return
LASTING = 2  # readings before modes are gained or lost; for a loss, twice as many each time
NAMED = 6  # at most so many modes are named


class VerdictWatch:
    """One diagnosis along a run: when it appears, and when it has been gone for a while.

    What comes and goes must stay away longer each time before it makes news again, so that a
    diagnosis on the edge of its threshold cannot flood the list. ``announced``: its severity
    while it is known, "" otherwise.
    """

    def __init__(self, name: str) -> None:
        self.announced = ""
        self._name, self._words, self._patience = name, WORDS[name], ABSENT
        self._seen = self._gone = 0  # readings in a row

    def appears(self, step: int, verdict: Verdict | None) -> Event | None:
        """The next reading, None where the rule was silent; the event if it is news."""
        if verdict is None:
            self._seen, self._gone = 0, self._gone + 1
            return None
        self._seen, self._gone = self._seen + 1, 0
        worse = verdict.severity == "warning" and self.announced == "notice"
        if self._seen < CONFIRM[verdict.severity] or (self.announced and not worse):
            return None
        self.announced = verdict.severity
        text = f"{verdict.text} Evidence: {verdict.evidence}."
        return Event(step, self._name, verdict.severity, self._words.title, text)

    def ends(self, warnings: Collection[str]) -> Words | None:
        """After ``appears``: the words for its end, if this is it and it is worth some."""
        akin = any(name in warnings for name in self._words.akin)
        if not self.announced or self._gone < self._patience or akin:
            return None
        self.announced, self._patience = "", 2 * self._patience
        return self._words if self._words.ended else None


@dataclass(frozen=True)
class Modes:
    """A reading: ``covered`` of ``total`` modes, and the samples nearest to each [modes].

    quality: share of good samples. images: the modes are classes, counted from 0.
    """

    covered: int
    total: int
    counts: np.ndarray
    images: bool
    quality: float = float("nan")

    @property
    def tally(self) -> str:
        return f"{self.covered} of {self.total} covered"

    @property
    def noun(self) -> str:
        return "classes" if self.images else "modes"

    def which(self) -> str:
        """Who is covered or who is missing, whichever are fewer, as a sentence; "" for many."""
        order = np.argsort(-self.counts, kind="stable") + (0 if self.images else 1)
        covered, missing = order[: self.covered], order[self.covered :]
        few, label = min((covered, "Covered"), (missing, "Missing"), key=lambda x: len(x[0]))
        # Which classes the data hold is not known here, so none can be said to be missing.
        if not 0 < len(few) <= NAMED or len(order) > self.total:
            return ""
        one = "class" if self.images else "mode"
        return f" {label}: {one if len(few) == 1 else self.noun} {listed(sorted(few))}."


class ModeWatch:
    """The covered modes along a run: large gains and losses that last, and all of them.

    News begins at a quarter of the modes, so that single ones that flicker make none. Gains
    must last two readings; losses too, and twice as long each time.
    """

    def __init__(self) -> None:
        self._known, self._patience = 0, LASTING
        self._recent: list[int] = []  # the newest readings

    def see(self, step: int, modes: Modes) -> Event | None:
        """The next reading."""
        covered, size = modes.covered, math.ceil(modes.total / 4)
        self._recent = [*self._recent[1 - self._patience :], covered]
        least, most = min(self._recent[-LASTING:]), max(self._recent)
        if modes.total < 2:
            return None  # nothing to tell apart
        if covered == modes.total > self._known:
            return self._all(step, modes)
        lasting = len(self._recent) >= LASTING and covered >= self._recent[-2]  # and not falling
        if lasting and least - self._known >= size:
            self._known = covered
            return _gained(step, modes)
        if len(self._recent) >= self._patience and self._known - most >= size:
            self._known, self._patience = covered, 2 * self._patience
            return _lost(step, modes)
        return None

    def _all(self, step: int, modes: Modes) -> Event:
        self._known = modes.total
        name = f"all {modes.noun} covered"
        title = f"All {modes.total} {modes.noun} covered"
        text = f"Each of the {modes.total} {modes.noun} of the data has a good sample now."
        if np.isfinite(modes.quality):
            text += f" Of all samples, {modes.quality:.0%} are good."
        severity = "notice" if modes.quality < 0.5 else "good"
        return Event(step, name, severity, title, text)


def _gained(step: int, modes: Modes) -> Event:
    title = f"{modes.noun.capitalize()} gained: {modes.tally}"
    text = f"The generator has found more of the data.{modes.which()}"
    return Event(step, f"{modes.noun} gained", "good", title, text)


def _lost(step: int, modes: Modes) -> Event:
    title = f"{modes.noun.capitalize()} lost: {modes.tally}"
    text = (
        "The generator has left part of what it had found: other samples fool D more easily, "
        f"and nothing in its loss holds it there.{modes.which()}"
    )
    return Event(step, f"{modes.noun} lost", "notice", title, text)
