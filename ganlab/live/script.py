"""A live run as a few lines of Python that reproduce it, bit for bit on the same machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ganlab.config import RunConfig
from ganlab.presets import PRESETS

# What was done to a trainer since step 0, in order: (method of Trainer, its argument).
Log = tuple[tuple[str, Any], ...]

COUNTED = ("advance", "d_step", "g_step")  # repeated calls add up to one
CALLS = {
    "advance": "trainer.advance({})",
    "d_step": "trainer.d_step({})  # D alone",
    "g_step": "trainer.g_step({})  # G alone",
    "update": "trainer.update({})",
    "retry": "trainer.retry()",
    "snapshot": "trainer.snapshot()  # sees that the run has diverged",
    "branch": "trainer = trainer.branch(trainer.checkpoint())",
}
OPENING = '''"""Reproduces a live run of ganlab, bit for bit on the same machine."""

from ganlab import {imports}

config = {config}
trainer = Trainer(config)
'''
ENDING = """last = trainer.history.last
print(trainer.iteration, last("d_loss"), last("g_loss"))
"""


def noted(log: Log, call: str, argument: Any = None) -> Log:
    """The log with one more call, joined to the last where that does the same."""
    if log and log[-1][0] == call:
        if call in COUNTED:
            return (*log[:-1], (call, log[-1][1] + argument))
        if call == "update":
            return (*log[:-1], (call, {**log[-1][1], **argument}))
    return (*log, (call, argument))


def script(config: RunConfig, log: Log) -> str:
    """The program: ``config`` at step 0, then the calls of the log."""
    base, name = _nearest(config)
    changes = config.changes(base)
    opening = OPENING.format(
        imports="RunConfig, Trainer" if name == "RunConfig()" else "PRESETS, Trainer",
        config=f"{name}.with_values({_table(changes)})" if changes else name,
    )
    calls = "".join(CALLS[call].format(_literal(argument)) + "\n" for call, argument in log)
    return opening + calls + ENDING


def _nearest(config: RunConfig) -> tuple[RunConfig, str]:
    """The configuration with a name that differs least, and its name in Python."""
    named = {"RunConfig()": RunConfig()}
    named |= {f'PRESETS["{name}"].config': preset.config for name, preset in PRESETS.items()}
    name = min(named, key=lambda name: len(config.changes(named[name])))
    return named[name], name


def _table(values: Mapping[str, Any]) -> str:
    lines = "".join(f"        {_literal(path)}: {_literal(x)},\n" for path, x in values.items())
    return f"\n    {{\n{lines}    }}\n"


def _literal(value: Any) -> str:
    """A value as Python writes it, strings in double quotes."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_literal(k)}: {_literal(x)}' for k, x in value.items())}}}"
    return json.dumps(value) if isinstance(value, str) else repr(value)
