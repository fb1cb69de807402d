"""What all components look like: their style sheet, and the colours of their pictures."""

from __future__ import annotations

from typing import Any

from ganlab.figures import theme
from ganlab.ui import STATIC

_SHEETS = sorted(sheet for sheet in STATIC.rglob("*.css") if sheet.name != "page.css")
STYLES = "\n".join(sheet.read_text(encoding="utf-8") for sheet in _SHEETS)


def scene_palette(dark: bool) -> dict[str, Any]:
    """Colours of the main picture; ``belief`` runs from D = 0 over 1/2 to 1, ``gap`` from -1."""
    colours = theme.palette(dark)
    return {
        "real": colours.real,
        "fake": colours.fake,
        "believes-real": colours.discriminator,
        "believes-fake": colours.orange,
        "gradient": colours.gradient,
        "boundary": theme.fade(colours.muted, 0.8),
        "axis": colours.grid,
        "muted": colours.muted,
        "ink": colours.ink,
        "page": colours.page,
        "belief": list(colours.d_map),
        "gap": [colours.orange, colours.d_map[1], colours.discriminator],
        "opacity": 0.75,
    }
