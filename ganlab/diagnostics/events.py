"""What happened in a run that is worth pointing at, found as its history grows.

    chronicle = Chronicle()
    new = chronicle.read(history, equilibrium=..., measures=..., modes=8)

The events depend on the history alone, however often one reads it on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ganlab.diagnostics.case import Case
from ganlab.diagnostics.rules import RULES
from ganlab.diagnostics.watch import Modes, ModeWatch, VerdictWatch
from ganlab.diagnostics.words import WORDS
from ganlab.snapshot import Estimate, Event, History, Verdict

APART = 0.98 * np.log(2)  # JS beyond: practically disjoint
UNMEASURED = 25  # rows without a measurement before one of them is read all the same


class Chronicle:
    """Reads a history as it grows; ``events`` are those found so far, in order.

    A history that was cut and went on otherwise (a retry) is read anew.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.events: tuple[Event, ...] = ()
        self._rows = self._unmeasured = 0  # rows read; those without a measurement since one
        self._newest: tuple[str, ...] = ()  # the row read last, to know it again
        self._verdicts = {name: VerdictWatch(name) for name in WORDS}
        self._modes = ModeWatch()

    def read(
        self,
        history: History,
        *,
        equilibrium: Mapping[str, float],
        measures: Mapping[str, Estimate],
        modes: int | None,
    ) -> tuple[Event, ...]:
        """The events of the rows since the last call; arguments as in ``verdicts``.

        Verdicts are read at measured rows, and at every 25th where nothing is measured.
        """
        if self._newest != _row(history, self._rows):
            self._begin()
        found = []
        for row in range(self._rows, history.rows):
            self._unmeasured += 1
            if _measured(history, row) or self._unmeasured == UNMEASURED:
                self._unmeasured = 0
                prefix = history.until(history["step"][row])
                found += self._reading(Case(prefix, equilibrium, measures, modes))
        self._rows, self._newest = history.rows, _row(history, history.rows)
        self.events += tuple(found)
        return tuple(found)

    def _reading(self, case: Case) -> Iterator[Event]:
        """The events of the newest row of a case."""
        step = int(case.history["step"][-1])
        found = {v.name: v for rule in (*RULES, no_overlap) if (v := rule(case)) is not None}
        modes = _modes(case)
        # While all samples hop from mode to mode, their number says nothing.
        if modes is not None and not self._verdicts["mode hopping"].announced:
            yield from _some(self._modes.see(step, modes))
        for name, watch in self._verdicts.items():
            yield from _some(watch.appears(step, found.get(name)))
        yield from self._recovery(step, found)

    def _recovery(self, step: int, found: Mapping[str, Verdict]) -> Iterator[Event]:
        """One event for all verdicts that end here, under the most important's title."""
        warnings = [name for name, verdict in found.items() if verdict.severity == "warning"]
        ended = [words for watch in self._verdicts.values() if (words := watch.ends(warnings))]
        if ended:
            text = " ".join(words.text for words in ended)
            yield Event(step, "recovered", "good", ended[0].ended, text)


def events(
    history: History,
    *,
    equilibrium: Mapping[str, float],
    measures: Mapping[str, Estimate],
    modes: int | None,
) -> tuple[Event, ...]:
    """Every event of a history, in order; arguments as in ``verdicts``."""
    return Chronicle().read(history, equilibrium=equilibrium, measures=measures, modes=modes)


def divergence(step: int, why: str) -> Event:
    """The event of a run whose numbers exploded; ``why``: which one did."""
    text = (
        f"The training exploded: {why}. A step that overshoots meets a larger slope, and the "
        "next overshoots further."
    )
    return Event(step, "diverged", "warning", "Diverged", text)


def no_overlap(case: Case) -> Verdict | None:
    """JS at its largest value: no fake is where the data are."""
    js = case.history.measured("js")[1][-2:]
    if len(js) < 2 or not js.min() > APART:
        return None
    text = (
        "Real and fake do not overlap: JS stands at its largest value, ln 2, wherever the fakes "
        "are, so it cannot tell a near miss from a far one."
    )
    return Verdict("no overlap", "notice", text, f"JS {js[-1]:.3f}, ln 2 is 0.693")


def _modes(case: Case) -> Modes | None:
    """What the newest row says about modes."""
    history = case.history
    covered = history["modes"][-1]
    if case.modes is None or history.mode_counts is None or np.isnan(covered):
        return None
    images = not np.isnan(history["confident"][-1])
    # Of images, a class that was left out of the data may turn up.
    quality = history["confident" if images else "high_quality"][-1]
    found = min(int(covered), case.modes)
    return Modes(found, case.modes, history.mode_counts[-1], images, float(quality))


def _measured(history: History, row: int) -> bool:
    return not np.isnan([history["js"][row], history["frechet"][row]]).all()


def _row(history: History, rows: int) -> tuple[str, ...]:
    """The last of the first ``rows`` rows, told apart from others by the clock."""
    names = ("step", "seconds", "d_loss")
    return tuple(str(history[name][rows - 1]) for name in names) if 0 < rows <= history.rows else ()


def _some(event: Event | None) -> tuple[Event, ...]:
    return () if event is None else (event,)
