"""The titles and sentences of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What a verdict's appearance and its end are called; the end of good news is none.

    akin: the warnings that must be gone too before one may speak of an end, since a sick game
        wanders from symptom to symptom.
    """

    title: str
    ended: str = ""
    text: str = ""
    akin: tuple[str, ...] = ()


CHASE = ("mode hopping", "mode collapse", "oscillation")
ANY = (*CHASE, "vanishing gradient", "D is winning")

# In the order of the rules: the most important first.
WORDS: dict[str, Words] = {
    "vanishing gradient": Words(
        "Vanishing gradient",
        "The gradient is back",
        "D's output changes with the sample again where the fakes are, so the generator is told "
        "where to go.",
        ("D is winning",),
    ),
    "mode hopping": Words(
        "Mode hopping",
        "No more hopping",
        "The generator no longer throws all its samples from mode to mode.",
        CHASE,
    ),
    "mode collapse": Words(
        "Mode collapse",
        "Out of the collapse",
        "The signs of mode collapse are gone: the samples are on more of the modes, or on their "
        "way there.",
        CHASE,
    ),
    "missing modes": Words(
        "Some modes left out",
        "No mode left out",
        "The generator no longer leaves modes of the data out.",
        CHASE,
    ),
    "oscillation": Words(
        "Oscillation",
        "Calmer",
        "D(G(z)) no longer swings as it did: the two players have stopped chasing each other in "
        "circles, for now.",
        CHASE,
    ),
    "D is winning": Words(
        "D is winning",
        "D no longer wins",
        "D's loss is back from near zero: the fakes pass for real often enough again to make it "
        "a game.",
        ("vanishing gradient",),
    ),
    "G is winning": Words(
        "G is winning",
        "D sees again",
        "D tells real from fake again, or the two have come closer: it can show the generator "
        "the way.",
        CHASE,
    ),
    "under-dispersion": Words(
        "Modes too narrow",
        "Modes wide enough",
        "Samples no longer crowd in the middle of each mode: they spread as the data do.",
    ),
    "no overlap": Words(
        "No overlap",
        "Real and fake overlap",
        "Samples fall where the data are: JS has left its largest value.",
        ANY,
    ),
    "at the noise floor": Words("Noise floor reached"),
    "balanced": Words("Balanced"),
}


def listed(items: Sequence[object]) -> str:
    """ "1", "1 and 2", "1, 2 and 3"."""
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last
