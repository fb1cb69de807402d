"""The clockwork of a live run: how fast it may go, how fast it went, and D's way to its optimum."""

from __future__ import annotations

import math
from collections import deque

from ganlab.snapshot import STAGES

BURST = 0.1  # seconds of its pace that a run may catch up at once
RATE_WINDOW = 1.5  # seconds over which the steps per second are counted
WINDOW = 100  # updates whose mean loss is compared with that of those before
PATIENCE = 5  # windows without a new best that end the search: single ones are noisy
LEAST_GAIN = 0.002  # by which a best must beat those before, relative
LONGEST = 3_000  # updates of D alone


class Pace:
    """Iterations per second at most; below 1 slow motion, which counts sub-steps."""

    def __init__(self, per_second: float, now: float) -> None:
        self.per_second = per_second
        self._allowed, self._at = 1.0, now

    @property
    def slow(self) -> bool:
        return self.per_second < 1

    def ready(self, now: float) -> bool:
        """Whether one more iteration, or sub-step, is due."""
        if self.per_second == math.inf:
            return True
        turns = self.per_second * (len(STAGES) if self.slow else 1)
        self._allowed += turns * (now - self._at)
        self._allowed = min(self._allowed, 1 if self.slow else 1 + BURST * turns)
        self._at = now
        return self._allowed >= 1

    def take(self, most: int) -> int:
        """How many of ``most`` iterations may be done now, at least one; they count as done."""
        if self.per_second == math.inf:
            return most
        n = min(most, max(1, int(self._allowed)))
        self._allowed -= n
        return n


class Rate:
    """Iterations per second, over the last ``RATE_WINDOW`` seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def add(self, now: float, iteration: int) -> None:
        self._seen.append((now, iteration))

    def clear(self) -> None:
        self._seen.clear()

    def per_second(self, now: float) -> float:
        """0 for a run that stands still."""
        while self._seen and now - self._seen[0][0] > RATE_WINDOW:
            self._seen.popleft()
        if len(self._seen) < 2:
            return 0.0
        (start, first), (end, last) = self._seen[0], self._seen[-1]
        return max(last - first, 0) / (end - start) if end > start else 0.0


class Cost:
    """Seconds of one iteration ("step") and of one update of D alone ("d_step"), averaged."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def clear(self) -> None:
        self._seconds.clear()

    @property
    def longest(self) -> float:
        """0 while nothing has been done."""
        return max(self._seconds.values(), default=0.0)

    def fits(self, what: str, seconds: float) -> int:
        """How often it can be done in so many seconds; once at least."""
        each = self._seconds.get(what)
        return max(1, int(seconds / each)) if each else 1

    def took(self, what: str, seconds: float, n: int) -> None:
        """It was done n times in so many seconds together."""
        each = seconds / n
        average = self._seconds.setdefault(what, each)
        self._seconds[what] = average + 0.3 * (each - average)


class Optimum:
    """Training of D alone, until its loss stops improving or ``LONGEST`` updates are done."""

    def __init__(self, *, held_back: bool = False) -> None:
        """held_back: whether a penalty keeps D from the best it could be."""
        self.updates, self._held_back = 0, held_back
        self._sum = 0.0  # of the losses in the window that is not full yet
        self._means: list[float] = []

    @property
    def room(self) -> int:
        """Updates until the window is full."""
        return WINDOW - self.updates % WINDOW

    def add(self, mean_loss: float, n: int) -> None:
        """n <= ``room`` updates were made."""
        self.updates += n
        self._sum += mean_loss * n
        if self.room == WINDOW:
            self._means.append(self._sum / WINDOW)
            self._sum = 0.0

    @property
    def done(self) -> bool:
        return self.updates >= LONGEST or self._stuck

    @property
    def _stuck(self) -> bool:
        """Whether the newest windows hold no new best; a loss that is no number is none."""
        before, newest = self._means[:-PATIENCE], self._means[-PATIENCE:]
        if not before:
            return False
        best = min(before)
        return not best - min(newest) >= LEAST_GAIN * abs(best)

    def sentence(self) -> str:
        """What it came to."""
        updates = f"{self.updates:,} update{'s' * (self.updates != 1)}"
        if not self._means:
            return f"D was trained alone for {updates}, too few to tell how its loss changed."
        course = f"from {self._means[0]:.4g} to {self._means[-1]:.4g}"
        return f"D was trained alone for {updates}; its mean loss went {course}{self._why()}"

    def _why(self) -> str:
        if not self.done:
            return ", when it was stopped."
        if self.updates >= LONGEST:
            return f"; more than {LONGEST:,} are not made at once."
        if self._held_back:
            return ", where it stopped improving: the penalties hold D back from D*."
        return ", where it stopped improving."
