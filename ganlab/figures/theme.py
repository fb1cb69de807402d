"""Colours and plotly templates shared by every figure.

Real is green, fake purple, the discriminator blue (real) to orange (fake) through neutral at
1/2, gradients pink. Colours that meet in one chart as the same kind of mark stay apart under
protanopia and deuteranopia, and all keep a contrast of 3 : 1 against the page.
"""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

UIREVISION = "ganlab"  # constant, so that a zoom or a hidden layer survives new data
CONFIG = {"displayModeBar": False, "responsive": True}
FONT, TITLE, LABEL, LEGEND = 13, 15, 12, 12  # px
FAMILY = "'Source Sans Pro', 'Source Sans 3', 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
CLEAR = "rgba(0,0,0,0)"


@dataclass(frozen=True)
class Palette:
    """Colours as #RRGGBB; the three stops of D's map are for D = 0, 1/2 and 1."""

    real: str
    fake: str
    discriminator: str
    orange: str
    gradient: str
    ink: str
    muted: str
    grid: str
    page: str
    d_map: tuple[str, str, str]


LIGHT = Palette(
    real="#0A9A66",
    fake="#6A1FA8",
    discriminator="#2F86D6",
    orange="#D97A0B",
    gradient="#E0318C",
    ink="#1F2933",
    muted="#5B6672",
    grid="#E1E5EA",
    page="#FFFFFF",
    d_map=("#FDC98B", "#FBFAF7", "#A3CBF1"),
)
DARK = Palette(
    real="#52E0A4",
    fake="#D6B4FF",
    discriminator="#4A97F7",
    orange="#FFB05C",
    gradient="#FF4F9A",
    ink="#E9EDF2",
    muted="#A7B1BC",
    grid="#333B46",
    page="#0E1117",
    d_map=("#7A4A14", "#1B2028", "#1D4E86"),
)


def palette(dark: bool) -> Palette:
    return DARK if dark else LIGHT


# Found by search: 19 apart in CIELAB for each kind of eye, 3 : 1 against the page, 31 away from
# what real, fake and D are drawn in; digits that look alike (3 and 8, 4 and 9) are further apart.
_CLASSES_LIGHT = (
    *("#FF5378", "#C23E82", "#730A63", "#379EB8", "#7B4836"),
    *("#6C243F", "#6B80FF", "#714D00", "#A58F41", "#694EA2"),
)
_CLASSES_DARK = (
    *("#6E7828", "#F87470", "#EBE854", "#6463DE", "#53ACB0"),
    *("#E6E695", "#097BA4", "#9CEFFF", "#B3536A", "#84A500"),
)


def classes(dark: bool) -> tuple[str, ...]:
    """A colour for each of ten classes, #RRGGBB."""
    return _CLASSES_DARK if dark else _CLASSES_LIGHT


def d_colorscale(dark: bool) -> list[list[float | str]]:
    """D's map from 0 (orange, fake) through 1/2 (neutral) to 1 (blue, real)."""
    fake, unsure, real = palette(dark).d_map
    return [[0.0, fake], [0.5, unsure], [1.0, real]]


def fade(colour: str, alpha: float) -> str:
    """#RRGGBB with an opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def word(text: str, colour: str) -> str:
    """A word of a title in the colour of what it names: the title is the legend."""
    return f'<b><span style="color:{colour}">{text}</span></b>'


def template(dark: bool) -> go.layout.Template:
    """Transparent background, compact margins, legible on a projector, no clutter."""
    colours = palette(dark)
    axis = {
        "gridcolor": colours.grid,
        "linecolor": colours.grid,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"size": LABEL, "color": colours.muted},
        "title": {"font": {"size": LABEL, "color": colours.muted}, "standoff": 4},
        "automargin": False,  # margins are fixed: nothing jumps when data arrives
        "nticks": 6,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FAMILY, "size": FONT, "color": colours.ink},
            "title": {
                "font": {"size": TITLE},
                "x": 0.0,
                "xref": "container",
                "xanchor": "left",
                "y": 1.0,
                "yref": "container",
                "yanchor": "top",
                "pad": {"l": 10, "t": 8},
            },
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "margin": {"l": 52, "r": 14, "t": 38, "b": 38},
            "xaxis": axis,
            "yaxis": axis,
            "showlegend": False,
            "hovermode": "x",
            "hoverlabel": {
                "font": {"size": LABEL, "family": FAMILY, "color": colours.ink},
                "bgcolor": colours.page,
                "bordercolor": colours.grid,
            },
            "modebar": {"bgcolor": CLEAR, "color": colours.muted},
            "bargap": 0.0,
            "dragmode": False,
        }
    )
