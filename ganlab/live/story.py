"""The marks on a run's time axis: what happened by itself, and what the user did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ganlab.config import SETTINGS
from ganlab.snapshot import Event

MOST = 80  # newest marks that are shown
OWNERS = {"g_optimizer": "G's ", "d_optimizer": "D's "}


class Story:
    """Events found by the trainer, and changes by hand; ``revision`` counts what was new."""

    def __init__(self) -> None:
        self.revision = 0
        self._events: tuple[Event, ...] = ()
        self._acts: list[Event] = []
        self._settings: dict[int, dict[str, tuple[Any, Any]]] = {}  # step -> path -> from, to

    def read(self, events: tuple[Event, ...]) -> None:
        """All that happened by itself so far."""
        if events != self._events:
            self._events = events
            self.revision += 1

    def act(self, step: int, title: str, text: str) -> None:
        """The user did something at this step."""
        self._acts.append(Event(step, "change", "change", title, text))
        self.revision += 1

    def change(self, step: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Settings, by dotted path, were changed at this step; changed back, they were not."""
        made = self._settings.setdefault(step, {})
        for path, value in after.items():
            made[path] = (made[path][0] if path in made else before[path], value)
        self.revision += 1

    def until(self, step: int) -> Story:
        """The part of it up to a step, without what happened by itself."""
        early = Story()
        early._acts = [event for event in self._acts if event.step <= step]
        early._settings = {at: dict(made) for at, made in self._settings.items() if at <= step}
        return early

    def marks(self) -> list[dict[str, Any]]:
        """The newest marks in the order of their steps, as the page gets them."""
        changes = [_mark(step, made) for step, made in self._settings.items()]
        events = [*self._events, *self._acts, *filter(None, changes)]
        newest = sorted(events, key=lambda event: event.step)[-MOST:]
        return [asdict(event) | {"step": int(event.step)} for event in newest]


def _mark(step: int, made: Mapping[str, tuple[Any, Any]]) -> Event | None:
    changes = [
        f"{_label(path)} from {_shown(path, before)} to {_shown(path, after)}"
        for path, (before, after) in made.items()
        if before != after
    ]
    if not changes:
        return None
    title = f"{len(changes)} settings changed"
    if len(changes) == 1:
        path, (_, after) = next((p, c) for p, c in made.items() if c[0] != c[1])
        title = f"{_label(path)}: {_shown(path, after)}"
    return Event(step, "change", "change", title, f"You changed {'; '.join(changes)}.")


def _label(path: str) -> str:
    label = SETTINGS[path].label
    owner = OWNERS.get(path.split(".")[0], "")
    return owner + label[:1].lower() + label[1:] if owner else label


def _shown(path: str, value: Any) -> str:
    choices = SETTINGS[path].choices
    if choices:
        return choices[value]
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}"
