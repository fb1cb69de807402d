"""Every setting of a RunConfig as an option, derived from the configuration's own fields."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from ganlab.config import SETTINGS, Setting, settings
from ganlab.config.base import shown_number

KINDS: dict[type, str] = {bool: "true or false", tuple: "whole numbers separated by commas"}
METAVARS: dict[type, str] = {bool: "BOOL", int: "N", float: "X", tuple: "N,N,..."}


def add_settings(parser: argparse.ArgumentParser, *, live_only: bool = False) -> None:
    """One option per setting, grouped as in the configuration; text is parsed by the config.

    live_only: list only what may change in the middle of a run. The others are still taken,
    so that the refusal says why.
    """
    for group, members in groupby(settings(), key=lambda setting: setting.group):
        section = parser.add_argument_group(f"{group} settings")
        for setting in members:
            shown = setting.live or not live_only
            section.add_argument(
                f"--{setting.path}",
                dest=setting.path,
                default=argparse.SUPPRESS,
                metavar="NAME" if setting.choices else METAVARS.get(type(setting.default), "VALUE"),
                help=_help(setting) if shown else argparse.SUPPRESS,
            )


def given_settings(args: argparse.Namespace) -> dict[str, str]:
    """Dotted path -> text, of the settings that were given."""
    return {path: value for path, value in vars(args).items() if path in SETTINGS}


def refuse_unknown(rest: Sequence[str]) -> None:
    """Raises ValueError naming the first argument nobody took, and the nearest setting."""
    if not rest:
        return
    name = rest[0].split("=")[0]
    near = difflib.get_close_matches(name.removeprefix("--"), SETTINGS, 1)
    hint = f"did you mean --{near[0]}?" if near else "`ganlab presets --fields` lists all settings."
    raise ValueError(f"{name} is not an option or argument here; {hint}")


def allowed(setting: Setting) -> str:
    """What a setting may be, in words."""
    if setting.choices:
        return ", ".join(setting.choices)
    if setting.minimum is not None and setting.maximum is not None:
        return f"{shown_number(setting.minimum)} to {shown_number(setting.maximum)}"
    return KINDS.get(type(setting.default), "text")


def shown(value: Any) -> str:
    """A value as one would type it."""
    if isinstance(value, (tuple, list)):
        return ",".join(str(item) for item in value) or "''"
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _help(setting: Setting) -> str:
    text = f"{setting.help} ({allowed(setting)}; default {shown(setting.default)})"
    return text.replace("%", "%%")
