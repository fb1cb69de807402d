"""The house: imports point one way, names agree with registries, nothing grows too long."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from ganlab import data, latent, losses, networks, optimizers
from ganlab.config import CHOICES, IMAGE_DATA
from ganlab.data.images import IMAGE_SETS
from ganlab.penalties import SIDES

PACKAGE = Path(__file__).parent.parent / "ganlab"
FILES = sorted(PACKAGE.rglob("*.py"))

# room -> rooms of ours that it may import (DESIGN, section 2)
ALLOWED: dict[str, set[str]] = {
    "config": set(),
    "snapshot": set(),
    "dirac": set(),
    "density": set(),
    "seeding": set(),
    "data": {"config"},
    "losses": {"config"},
    "penalties": {"config"},
    "latent": {"config"},
    "fast_mlp": set(),
    "networks": {"config", "fast_mlp"},
    "optimizers": {"config"},
    "divergences": {"snapshot"},
    "diagnostics": {"snapshot", "divergences"},
    "figures": {"snapshot", "diagnostics"},
    "export": set(),
    "memorisation": {"classifier", "data"},
    "trained": {"classifier", "clock", "config", "latent", "losses", "networks", "state"},
    "pretrained": {"config", "networks", "runs", "trained"},
    "bundling": {
        *("classifier", "config", "data", "image_metrics", "latent", "memorisation", "pretrained"),
        *("runs", "seeding", "snapshot", "trained", "cli"),
    },
}


def loaded_by(statement: str) -> set[str]:
    """Top-level modules in sys.modules after a statement in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "absent", "present"),
    [
        ("import ganlab.training", {"streamlit", "plotly"}, {"torch"}),
        ("import ganlab.config", {"torch", "streamlit", "plotly", "scipy"}, {"pydantic"}),
        ("import ganlab.snapshot", {"torch", "streamlit", "plotly", "scipy"}, {"numpy"}),
        ("import ganlab.divergences", {"torch", "streamlit", "plotly"}, {"scipy"}),
        ("import ganlab.diagnostics", {"torch", "streamlit", "plotly"}, {"numpy"}),
        ("import ganlab.figures", {"torch", "streamlit"}, {"numpy"}),
        ("import ganlab.export", {"torch", "streamlit", "plotly"}, {"PIL"}),
        ("import ganlab.live.hub, ganlab.live.exhibits", {"torch", "streamlit"}, {"pydantic"}),
    ],
)
def test_what_an_import_brings(statement: str, absent: set[str], present: set[str]) -> None:
    modules = loaded_by(statement)
    assert modules & absent == set()
    assert present <= modules


def imported_rooms(path: Path) -> set[str]:
    """Names of our own modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
            if node.module == "ganlab":
                names = [f"ganlab.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("ganlab.")}
    return found


@pytest.mark.parametrize("room", ALLOWED)
def test_imports_point_one_way(room: str) -> None:
    files = [path for path in FILES if path.relative_to(PACKAGE).parts[0] in (room, f"{room}.py")]
    for path in files:
        assert imported_rooms(path) <= ALLOWED[room] | {room}, path.name


def test_only_ui_imports_streamlit() -> None:
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in [getattr(node, "module", None), *(alias.name for alias in node.names)]
        if name and name.split(".")[0] == "streamlit"
    }
    assert users <= {"ui"}


@pytest.mark.parametrize(
    ("kind", "registry"),
    [
        ("data", data.DISTRIBUTIONS),
        ("noise", latent.NOISES),
        ("noise", latent.QUANTILES),
        ("architecture", networks.GENERATORS),
        ("architecture", networks.DISCRIMINATORS),
        ("activation", networks.ACTIVATIONS),
        ("norm", networks.NORMS_1D),
        ("norm", networks.NORMS_2D),
        ("upsampling", networks.UPSAMPLINGS),
        ("output", networks.OUTPUTS),
        ("loss", losses.LOSSES),
        ("sides", SIDES),
        ("optimizer", optimizers.OPTIMIZERS),
        ("optimizer", optimizers.LIVE),
        ("decay", optimizers.DECAYS),
    ],
)
def test_choices_are_the_registries(kind: str, registry: dict) -> None:
    assert list(CHOICES[kind]) == list(registry)


def test_image_data_are_the_image_sets() -> None:
    assert set(IMAGE_DATA) == set(IMAGE_SETS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 310
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno < 60, node.name
            if not node.name.startswith("_"):
                assert node.returns is not None or path.name == "__init__.py", node.name


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(PACKAGE))
        for path in FILES
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
