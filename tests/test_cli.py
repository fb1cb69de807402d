"""The command line as a shell user meets it: options, refusals, looking."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_helpers import ROOT, TINY, refused, start

import ganlab
from ganlab.cli import app, main
from ganlab.cli.options import shown
from ganlab.config import SETTINGS, RunConfig
from ganlab.presets import PRESETS
from ganlab.runs import load_run


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A working folder with a tiny configuration, tiny.yaml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(TINY)
    return tmp_path


# -- options -----------------------------------------------------------------------------------


def test_every_setting_is_an_option_and_nothing_else_is(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    text = capsys.readouterr().out
    options = set(re.findall(r"^  (?:-h, )?--([\w.]+)", text, re.MULTILINE))
    assert options == set(SETTINGS) | {"help", "out", "overwrite", "quiet"}
    flat = "".join(text.split())
    assert all("".join(setting.help.split()) in flat for setting in SETTINGS.values())
    assert "relativistic_average;default" in flat and "(0to1,000;default" in flat


def test_resume_offers_what_may_change_in_the_middle(capsys):
    with pytest.raises(SystemExit):
        main(["resume", "--help"])
    options = set(re.findall(r"^  --([\w.]+)", capsys.readouterr().out, re.MULTILINE))
    live = {path for path, setting in SETTINGS.items() if setting.live}
    assert options == live | {"quiet"}


def test_defaults_are_shown_as_they_are_typed():
    default = RunConfig()
    assert default.with_values({p: shown(s.default) for p, s in SETTINGS.items()
                                if s.default != ()}) == default  # fmt: skip


def test_options_reach_the_run(here):
    given = {
        "seed": "5",
        "data.name": "two_moons",
        "generator.widths": "8,9",
        "generator.spectral_norm": "true",
        "d_optimizer.lr": "3e-4",
        "training.steps": "5",
    }
    options = [f"--{path}={value}" for path, value in given.items()]
    assert main(["train", "tiny.yaml", "--quiet", "--out", "deep/er", *options]) == 0
    config = load_run("deep/er").config
    assert config == RunConfig.load("tiny.yaml").with_values(given)
    assert config.generator.widths == (8, 9) and config.generator.spectral_norm is True


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "rng8"], "did you mean ring8?"),
        (["train", "missing.yaml"], "neither a preset nor"),
        (["train", "ring8", "--training.steps", "many"], "training.steps = 'many' is not allowed"),
        (["train", "ring8", "--loss.name", "hing"], "did you mean hinge?"),
        (["train", "ring8", "--penalty.r1", "-1"], "a number from 0 to 1,000"),
        (["train", "ring8", "--traning.steps", "5"], "did you mean --training.steps?"),
        (["train", "ring8", "--training.step=5"], "did you mean --training.steps?"),
        (["train", "ring8", "extra"], "extra is not an option or argument"),
        (["train", "ring8", "--data.name", "points", "--data.path", "no.csv"], "no.csv"),
        (["train"], "PRESET_OR_FILE"),
        (["resume", "nowhere"], "no run at nowhere"),
        (["show", "nowhere"], "no run at nowhere"),
        (["dance"], "invalid choice: 'dance'"),
        ([], "COMMAND"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(arguments, sentence, here, capsys):
    assert sentence in refused(capsys, *arguments)
    assert not (here / "runs").exists()


# -- looking -----------------------------------------------------------------------------------


def test_show_a_run(here, capsys):
    assert main(["train", "tiny.yaml", "--quiet", "--out", "r", "--penalty.r1=0.25"]) == 0
    capsys.readouterr()
    assert main(["show", "r"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("r: finished, 60 of 60 steps in ")
    assert re.search(r"^  penalty\.r1 +0\.25$", text, re.MULTILINE)
    assert "penalty.r2" not in text
    measures = load_run("r").summary.measures
    assert re.search(rf"^energy distance +{measures['energy'].value:.4g} ", text, re.MULTILINE)
    assert "inf" in text and str(Path("r/figures/losses.html")) in text


def test_show_a_preset_prints_a_configuration_that_trains(here, capsys):
    assert main(["show", "grid25"]) == 0
    (here / "mine.yaml").write_text(capsys.readouterr().out)
    assert RunConfig.load("mine.yaml") == PRESETS["grid25"].config


def test_presets_are_listed_with_their_lessons(capsys):
    assert main(["presets"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for preset in PRESETS.values():
        assert f"{preset.name} {preset.title}. {' '.join(preset.lesson.split())}" in text


def test_fields_are_listed_with_default_bounds_and_help(capsys):
    assert main(["presets", "--fields"]) == 0
    text = capsys.readouterr().out
    assert re.findall(r"^([\w.]+) = ", text, re.MULTILINE) == list(SETTINGS)
    flat = " ".join(text.split())
    assert "training.steps = 3000 Steps: Iterations in the run." in flat
    assert all(setting.help in flat for setting in SETTINGS.values())
    assert "Allowed: 1 to 100,000,000." in flat


def test_version(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"ganlab {ganlab.__version__}\n"


def test_app_hands_over_to_streamlit(here, monkeypatch):
    handed = []
    monkeypatch.setattr(app.os, "execv", lambda *command: handed.append(command) or exit(0))
    with pytest.raises(SystemExit):
        main(["app", "--port", "9000"])
    script = str(ROOT / "streamlit_app.py")
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", "9000"]
    assert handed == [(sys.executable, command)]


def test_app_without_its_script_says_what_to_do(here, monkeypatch, capsys):
    monkeypatch.setattr(ganlab, "__file__", str(here / "site-packages" / "ganlab" / "__init__.py"))
    assert "install ganlab from a checkout" in refused(capsys, "app")


def test_looking_costs_no_torch(here):
    (here / "look.py").write_text(
        "import sys\n"
        "from ganlab.cli import main\n"
        "for line in (['presets'], ['presets', '--fields'], ['show', 'ring8'], ['--help']):\n"
        "    try: main(line)\n"
        "    except SystemExit: pass\n"
        "heavy = {'torch', 'plotly', 'streamlit', 'pyarrow', 'sklearn', 'scipy'}\n"
        "sys.exit(' '.join(heavy & sys.modules.keys()) or 0)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "look.py"], env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_who_has_seen_enough_is_no_error(here):
    process = start("presets", "--fields", cwd=here)
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0
