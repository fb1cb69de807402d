"""The dashboard: the only package that imports Streamlit (its modules do, this file does not)."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).parent / "static"
