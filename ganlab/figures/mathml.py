"""Formulas for the browser: LaTeX in, MathML out."""

from __future__ import annotations

from functools import lru_cache

from latex2mathml.converter import convert


@lru_cache(maxsize=256)
def mathml(latex: str) -> str:
    """A ``<math>`` element for a formula without its dollar signs."""
    return convert(latex, display="block")
