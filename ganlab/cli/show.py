"""``ganlab presets`` and ``ganlab show``: looking, without torch."""

from __future__ import annotations

import argparse
import textwrap

from ganlab.cli.options import allowed, shown
from ganlab.cli.report import columns, whole_run
from ganlab.config import Setting, settings
from ganlab.presets import PRESETS
from ganlab.runs import load_run


def add_commands(commands: argparse._SubParsersAction) -> None:
    presets = commands.add_parser("presets", help="list the presets, or every setting")
    presets.add_argument("--fields", action="store_true", help="list every setting instead")
    presets.set_defaults(run=_presets)
    show = commands.add_parser("show", help="how a run went, or a preset's configuration")
    show.add_argument("what", metavar="RUN", help="a run's folder; or a preset, printed as YAML")
    show.set_defaults(run=_show)


def _presets(args: argparse.Namespace) -> int:
    if args.fields:
        print("\n".join(_field(setting) for setting in settings()))
        return 0
    rows = [(preset.name, f"{preset.title}. {preset.lesson}") for preset in PRESETS.values()]
    print(columns(rows))
    return 0


def _field(setting: Setting) -> str:
    head = f"{setting.path} = {shown(setting.default)}"
    live = " May change in the middle of a run." if setting.live else ""
    text = f"{setting.label}: {setting.help}{live} Allowed: {allowed(setting)}."
    return head + "\n" + textwrap.fill(text, 96, initial_indent="    ", subsequent_indent="    ")


def _show(args: argparse.Namespace) -> int:
    preset = PRESETS.get(args.what)
    print(preset.config.to_yaml().rstrip() if preset else whole_run(load_run(args.what)))
    return 0
