"""The command line: ``ganlab train | resume | show | presets | app``.

Exit codes: 0 all is well; 1 the run diverged (it is saved and explained); 2 wrong usage or bad
input, said in one sentence on stderr; 130 and 143 stopped by Ctrl-C and by SIGTERM, saved.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import ganlab
from ganlab.cli import app, options, show, train

DESCRIPTION = "See how generative adversarial networks learn."
INTERRUPTED, USAGE = 130, 2


class Parser(argparse.ArgumentParser):
    """Refuses in one line; never guesses what an abbreviation meant."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}. See `{self.prog} --help`.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = make_parser()
    args, rest = parser.parse_known_args(arguments)
    try:
        options.refuse_unknown(rest)
        code = args.run(args)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("ganlab: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, `head` perhaps, has seen enough; nothing more may be written on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"ganlab: {error.filename or 'the system'}: {error.strerror}.", file=sys.stderr)
        return USAGE
    except ValueError as error:
        print(f"ganlab: {error}", file=sys.stderr)
        return USAGE


def make_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = Parser(prog="ganlab", description=DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"ganlab {ganlab.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for room in (train, show, app):
        room.add_commands(commands)
    return parser
