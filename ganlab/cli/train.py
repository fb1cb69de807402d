"""``ganlab train`` and ``ganlab resume``: running a configuration, saved whatever happens."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ganlab.cli.options import add_settings, given_settings
from ganlab.config import RunConfig
from ganlab.snapshot import Status

if TYPE_CHECKING:
    from ganlab.training import Trainer

CHECKPOINT_SECONDS = 60.0
TURN_SECONDS = 0.1  # of training between two looks at the clock and at signals
DIVERGED = 1
FILES = (".json", ".yaml", ".yml")


def add_commands(commands: argparse._SubParsersAction) -> None:
    train = commands.add_parser(
        "train",
        help="train a preset or a configuration file",
        usage="ganlab train PRESET_OR_FILE [--field value ...] [--seed N] [--out DIR]",
        description="Settings not given here are those of the preset or file.",
        allow_abbrev=False,
    )
    train.add_argument(
        "what", metavar="PRESET_OR_FILE", help="see `ganlab presets`; or a .json or .yaml file"
    )
    train.add_argument(
        "--out", type=Path, metavar="DIR", help="the run's folder (runs/<preset>-seed<seed>)"
    )
    train.add_argument("--overwrite", action="store_true", help="replace the run in --out")
    resume = commands.add_parser(
        "resume",
        help="go on with a saved run",
        usage="ganlab resume RUN [--training.steps N] [--field value ...]",
        description="Settings that may change in the middle of a run can be given anew.",
        allow_abbrev=False,
    )
    resume.add_argument("folder", type=Path, metavar="RUN", help="the run's folder")
    for parser, run in ((train, _train), (resume, _resume)):
        parser.add_argument(
            "--quiet", action="store_true", help="no progress, no report: only the run's folder"
        )
        parser.set_defaults(run=run)
    add_settings(train)
    add_settings(resume, live_only=True)


# -- train -------------------------------------------------------------------------------------


def _train(args: argparse.Namespace) -> int:
    config, name = _find_config(args.what)
    config = _with_whole_path(config.with_values(given_settings(args)))
    if args.out is not None:
        _check_out(args.out, args.overwrite)
    from ganlab.runs import remove_run
    from ganlab.training import Trainer

    # Data and device are found or refused before anything on disk changes.
    trainer = Trainer(config)
    if args.out is None:
        return _run(trainer, _fresh_folder(Path("runs"), f"{name}-seed{config.seed}"), args.quiet)
    remove_run(args.out)
    return _run(trainer, args.out, args.quiet)


def _find_config(what: str) -> tuple[RunConfig, str]:
    """(configuration, short name) of a preset or a file. Raises ValueError."""
    from ganlab.presets import PRESETS

    if what in PRESETS:
        return PRESETS[what].config, what
    path = Path(what)
    if path.suffix in FILES and path.is_file():
        return RunConfig.load(path), path.stem
    near = difflib.get_close_matches(what, PRESETS, 1)
    hint = f"did you mean {near[0]}?" if near else "`ganlab presets` lists the presets."
    raise ValueError(f"{what} is neither a preset nor a .json or .yaml file that exists; {hint}")


def _with_whole_path(config: RunConfig) -> RunConfig:
    """The user's own data by absolute path, so that the run resumes from any folder."""
    path = config.data.path
    return config if path is None else config.with_values({"data.path": str(Path(path).resolve())})


def _check_out(out: Path, overwrite: bool) -> None:
    """Raises ValueError if training into ``out`` would overwrite what is not meant to be."""
    from ganlab.runs import holds_run

    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not holds_run(out):
        raise ValueError(f"{out} exists and is not a run: give --out a new or empty folder.")
    if not overwrite:
        raise ValueError(
            f"{out} holds a run already: go on with it by `ganlab resume {shlex.quote(str(out))}`, "
            "replace it with --overwrite, or choose another --out."
        )


def _fresh_folder(parent: Path, name: str) -> Path:
    """Make parent/name, or the first free of parent/name-2, -3, ..."""
    parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder
        number += 1


# -- resume ------------------------------------------------------------------------------------


def _resume(args: argparse.Namespace) -> int:
    from ganlab.runs import load_run, resume

    trainer, changes = resume(args.folder), given_settings(args)
    trainer.update(changes)
    here = f"{args.folder} is at step {trainer.iteration:,}"
    if changes and trainer.iteration >= trainer.config.training.steps:
        raise ValueError(f"{here}: --training.steps must be more than that.")
    if trainer.status is Status.DIVERGED and not changes:
        raise ValueError(
            f"{args.folder} diverged and would again: {trainer.message} Give `ganlab resume` the "
            "change, such as --d_optimizer.lr 0.0005 or --penalty.r1 1."
        )
    trainer.retry()
    # Finished, but killed while it was being saved: then only saving is left to do.
    if trainer.status is Status.FINISHED and load_run(args.folder).status is Status.FINISHED:
        raise ValueError(f"{here} and has finished: train on with a larger --training.steps.")
    return _run(trainer, args.folder, args.quiet)


# -- the run itself ----------------------------------------------------------------------------


def _run(trainer: Trainer, folder: Path, quiet: bool) -> int:
    """Train to the end or to a signal, save, report; returns the exit code."""
    from ganlab.cli.report import results
    from ganlab.runs import load_run, save_checkpoint, save_run

    with _noting_signals() as caught:
        save_checkpoint(trainer, folder)
        _advance(trainer, folder, caught, quiet)
        save_run(trainer, folder)
    summary = load_run(folder).summary
    if quiet:
        print(folder)
    else:
        print(f"{results(summary)}\n\n{summary.step:,} steps, saved to {folder}")
    if summary.status is Status.DIVERGED:
        print(f"ganlab: {summary.message}", file=sys.stderr)
        return DIVERGED
    if summary.status is Status.FINISHED:
        return 0
    print(
        f"ganlab: stopped at step {summary.step:,} of {summary.steps:,} and saved to {folder}; go "
        f"on with `ganlab resume {shlex.quote(str(folder))}`.",
        file=sys.stderr,
    )
    return 128 + caught[0]  # as shells report a signal


def _advance(trainer: Trainer, folder: Path, caught: list[int], quiet: bool) -> None:
    from ganlab.cli.progress import Progress
    from ganlab.runs import save_checkpoint

    chunk, saved = 1, time.monotonic()
    with Progress(trainer, quiet) as progress:
        while trainer.status is Status.RUNNING and not caught:
            begin = time.monotonic()
            trainer.advance(chunk)
            took = time.monotonic() - begin
            chunk = max(1, min(2 * chunk, int(chunk * TURN_SECONDS / took)))
            progress.show()
            if time.monotonic() - saved > CHECKPOINT_SECONDS:
                save_checkpoint(trainer, folder)
                saved = time.monotonic()


@contextlib.contextmanager
def _noting_signals() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM instead of dying of them; a second one acts as usual."""
    caught: list[int] = []

    def note(number: int, frame: object) -> None:
        caught.append(number)
        signal.signal(number, before[number])

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
