"""What the command line prints about a run."""

from __future__ import annotations

import math
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from ganlab.cli.options import shown
from ganlab.config import RunConfig
from ganlab.runs import Run, Summary
from ganlab.snapshot import HISTORY_COLUMNS, Estimate, Status, Verdict

SIGNS = {"good": "+", "notice": "-", "warning": "!"}


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text as aligned columns; the last one is wrapped to the terminal's width."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    indent = sum(widths) + 2 * len(widths)
    room = max(shutil.get_terminal_size().columns - indent - 1, 30)
    lines = []
    for *cells, last in rows:
        first, *more = textwrap.wrap(last, room, break_on_hyphens=False) or [""]
        head = "".join(cell.ljust(width + 2) for cell, width in zip(cells, widths, strict=True))
        lines += [(head + first).rstrip(), *(" " * indent + line for line in more)]
    return "\n".join(lines)


def standing(summary: Summary) -> str:
    """Where a run stands, in one line."""
    steps = f"{summary.step:,} of {summary.steps:,} steps in {summary.seconds:.1f} s"
    state = "interrupted" if summary.status is Status.RUNNING else str(summary.status)
    return f"{state}, {steps}, seed {summary.seed}"


def scores(measures: Mapping[str, Estimate]) -> str:
    """Every measure of the fakes beside that of real data."""
    if not measures:
        return "Nothing was measured yet."
    rows = [
        (HISTORY_COLUMNS[name].label, _number(estimate.value), _number(estimate.floor))
        for name, estimate in measures.items()
    ]
    table = columns([("", "fakes", "real data"), *rows])
    return f"{table}\nReal data: the same between two fresh real samples, the noise floor."


def _number(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{value:.4g}"


def diagnosis(verdicts: Sequence[Verdict]) -> str:
    """The verdicts, one paragraph each."""
    texts = [(SIGNS[v.severity], f"{v.text} ({v.evidence})") for v in verdicts]
    return columns(texts) if texts else "No diagnosis: nothing stands out."


def results(summary: Summary) -> str:
    """Scores and verdicts."""
    return f"{scores(summary.measures)}\n\n{diagnosis(summary.verdicts)}"


def whole_run(run: Run) -> str:
    """Everything ``ganlab show`` says about a run."""
    changed = run.config.changes(RunConfig())
    rows = [(f"  {path}", shown(value)) for path, value in changed.items()]
    parts = [
        f"{run.folder}: {standing(run.summary)}",
        run.summary.message,
        "Settings that differ from the defaults:\n" + columns(rows)
        if rows
        else "Default settings.",
        results(run.summary),
        "Figures:\n" + _paths(run.figures) if run.figures else "No figures were saved yet.",
    ]
    return "\n\n".join(part for part in parts if part)


def _paths(paths: Sequence[Path]) -> str:
    return "\n".join(f"  {path}" for path in paths)
