"""What the page's controls are made of: the configuration's own metadata, and what is hidden."""

from __future__ import annotations

import difflib
from typing import Any

from ganlab.config import IMAGE_DATA, LINE_DATA, PLANE_DATA, SETTINGS, Kind, Setting
from ganlab.config.choices import CHOICES
from ganlab.live.protocol import SERVER_SETTINGS
from ganlab.live.routes import scripts_path
from ganlab.ui import STATIC

# Parts of the page that a teacher may leave out, beside settings and groups of settings.
PARTS = (
    *("settings", "charts", "timeline", "lesson", "share", "latents"),
    *("reset", "seed", "play", "step", "d_step", "g_step", "speed", "until", "optimum"),
)
KINDS = {bool: "switch", int: "integer", float: "number", tuple: "list", str: "text"}
DECADES = 100  # a ratio of the bounds from which equal steps would waste most of a slider
MAX_PROBLEMS = 3  # sentences about one address
_DATA: dict[Kind, tuple[str, ...]] = {
    1: LINE_DATA,
    2: PLANE_DATA,
    "image": IMAGE_DATA,
}
_IMAGES_ONLY = (
    *("data.classes", "generator.architecture", "generator.channels", "generator.upsampling"),
    *("discriminator.architecture", "discriminator.channels"),
)
_NOT_FOR: dict[Kind | None, tuple[str, ...]] = {
    None: (),
    1: _IMAGES_ONLY,
    2: _IMAGES_ONLY,
    "image": ("data.std",),
}


def specs(kind: Kind | None = None) -> list[dict[str, Any]]:
    """One dictionary for each setting a browser may change, in the order of declaration.

    With a kind of data, those it has no use for are left out. Keys: path, label, help, kind
    (number, integer, choice, list, switch, text), minimum, maximum, choices ([[name, label], ...]
    or None), default, live, basic, group, log.
    """
    return [
        _spec(setting)
        for path, setting in SETTINGS.items()
        if not path.startswith(SERVER_SETTINGS) and path not in _NOT_FOR[kind]
    ]


def _spec(setting: Setting) -> dict[str, Any]:
    default = setting.default
    return {
        "path": setting.path,
        "label": setting.label,
        "help": setting.help,
        "kind": _kind(setting),
        "minimum": setting.minimum,
        "maximum": setting.maximum,
        "choices": [[*item] for item in setting.choices.items()] if setting.choices else None,
        "default": list(default) if isinstance(default, tuple) else default,
        "live": setting.live,
        "basic": setting.basic,
        "group": setting.group,
        "log": _logarithmic(setting),
    }


def _kind(setting: Setting) -> str:
    """A setting that may be empty is a number where it has bounds, otherwise text."""
    if setting.choices:
        return "choice"
    if setting.default is None:
        return "text" if setting.minimum is None else "number"
    return KINDS[type(setting.default)]


def _logarithmic(setting: Setting) -> bool:
    """Whether the bounds span decades, of which there are endless ones above 0; no share does."""
    low, high = setting.minimum, setting.maximum
    if low is None or high is None or high <= 1:
        return False
    if _kind(setting) == "integer":
        low = max(low, 1)
    return low == 0 or high / low >= DECADES


def data_choices(kind: Kind) -> list[dict[str, str]]:
    """The data of a laboratory, each with its title and the address of its thumbnail."""
    folder = f"{scripts_path(STATIC)}/thumbnails"
    titles = CHOICES["data"]
    return [
        {"name": name, "title": titles[name], "image": f"{folder}/data-{name}.svg"}
        for name in _DATA[kind]
    ]


def hidden(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(names to leave out, sentences about names there are not) of ``?hide=loss,speed``.

    A name is a setting's path, a group of settings, or one of ``PARTS``.
    """
    shown = specs()
    known = {*PARTS, *(spec["path"] for spec in shown), *(spec["group"] for spec in shown)}
    names = dict.fromkeys(part.strip() for part in query.split(",") if part.strip())
    unknown = [name for name in names if name not in known][:MAX_PROBLEMS]
    problems = tuple(_unknown(name, known) for name in unknown)
    return tuple(name for name in names if name in known), problems


def _unknown(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1)
    advice = f"did you mean {near[0]}?" if near else "name a setting, its group, or a button."
    return f"Nothing here is called {name[:60]!r}, so it cannot be hidden: {advice}"
