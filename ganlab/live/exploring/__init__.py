"""Questions about a generator, worked off in short pieces: one generator function for each.

    for answer in explore(subject, question): ...

yields an ``Answer`` for the page, or None where a piece is done that has nothing to show yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ganlab.live import questions
from ganlab.live.exploring import drawing, facts, keeping, searching
from ganlab.live.exploring.subject import Answer, Pieces, Subject
from ganlab.live.exploring.weights import weights

__all__ = ["EXPLORATIONS", "Answer", "Pieces", "Subject", "explore"]

EXPLORATIONS: dict[type[questions.Question], Callable[[Subject, Any], Pieces]] = {
    questions.About: facts.about,
    questions.Seeds: facts.seeds,
    questions.Decode: facts.decode,
    questions.Examples: facts.examples,
    questions.Weights: weights,
    questions.Walk: drawing.walk,
    questions.Atlas: drawing.atlas,
    questions.Directions: searching.directions,
    questions.Invert: searching.invert,
    questions.Neighbours: searching.neighbours,
    questions.Export: keeping.export,
}


def explore(subject: Subject, question: questions.Question) -> Pieces:
    """The answers to a question, piece by piece. Iterating raises ValueError with a sentence."""
    return EXPLORATIONS[type(question)](subject, question)
