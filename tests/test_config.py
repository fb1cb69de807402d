"""RunConfig: round trips, bounds, and refusals in one sentence."""

from __future__ import annotations

import json
import math

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ganlab.config import CHOICES, SETTINGS, ConfigError, RunConfig, Setting
from ganlab.config import settings as all_settings

INTEGERS = {path for path, s in SETTINGS.items() if type(s.default) is int}
NUMBERS = [s for s in all_settings() if s.minimum is not None]
LISTS = {
    "data.classes": st.lists(st.integers(0, 9), max_size=4),
    "generator.widths": st.lists(st.integers(1, 4096), max_size=12),
    "discriminator.widths": st.lists(st.integers(1, 4096), max_size=12),
}


def values_of(item: Setting) -> st.SearchStrategy:
    """Every legal value of one setting, bounds included."""
    if item.choices:
        return st.sampled_from(sorted(item.choices))
    if item.path in INTEGERS:
        return st.integers(int(item.minimum), int(item.maximum))
    if item.minimum is not None:
        numbers = st.floats(item.minimum, item.maximum)
        return st.none() | numbers if item.default is None else numbers
    if item.path in LISTS:
        return LISTS[item.path].map(tuple)
    if type(item.default) is bool:
        return st.booleans()
    return st.none() | st.text(min_size=1).filter(lambda text: text.lower() != "none")


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    paths = draw(st.sets(st.sampled_from(sorted(SETTINGS)), max_size=12))
    values = {path: draw(values_of(SETTINGS[path])) for path in sorted(paths)}
    try:
        return RunConfig().with_values(values)
    except ConfigError:  # each value is legal, together they are not
        assume(False)
        raise


@settings(deadline=None, max_examples=50)
@given(configs())
def test_round_trips(config: RunConfig) -> None:
    assert RunConfig.from_dict(config.to_dict()) == config
    assert RunConfig.from_dict(json.loads(config.to_json())) == config
    assert RunConfig.from_dict(yaml.safe_load(config.to_yaml())) == config
    assert RunConfig.from_query(config.to_query()) == config


@settings(deadline=None, max_examples=25)
@given(configs(), configs())
def test_query_from_any_base(config: RunConfig, base: RunConfig) -> None:
    query = config.to_query(base)
    assert RunConfig.from_query(query, base) == config
    assert set(query) == set(config.changes(base))
    assert all(isinstance(text, str) for text in query.values())


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".yml"])
def test_load(tmp_path, suffix: str) -> None:
    config = RunConfig().with_values({"seed": 7, "data.std": 1e-4, "discriminator.widths": "9 8"})
    path = tmp_path / f"run{suffix}"
    path.write_text(config.to_json() if suffix == ".json" else config.to_yaml(), encoding="utf-8")
    loaded = RunConfig.load(path)
    assert loaded == config
    assert loaded.discriminator.widths == (9, 8)


def test_load_partial_and_empty_files(tmp_path) -> None:
    path = tmp_path / "run.yaml"
    path.write_text("seed: 3\nloss: {name: hinge}\n", encoding="utf-8")
    assert RunConfig.load(path) == RunConfig().with_values({"seed": 3, "loss.name": "hinge"})
    path.write_text("", encoding="utf-8")
    assert RunConfig.load(path) == RunConfig()


@pytest.mark.parametrize("text", ["{", "[1, 2]", "seed: [", "just words"])
def test_load_refuses_unreadable_files(tmp_path, text: str) -> None:
    for suffix in (".json", ".yaml"):
        path = tmp_path / f"run{suffix}"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as refused:
            RunConfig.load(path)
        assert "\n" not in str(refused.value)


def test_every_setting_is_described() -> None:
    assert len(SETTINGS) == len(RunConfig().flat()) >= 50
    for item in all_settings():
        assert item.label and item.label[0].isupper(), item.path
        assert item.help.endswith((".", "?")), item.path
        assert item.default == RunConfig().flat()[item.path]
        assert (item.minimum is None) == (item.maximum is None), item.path
        if item.choices:
            assert item.default in item.choices, item.path


def test_a_number_without_bounds_does_not_exist() -> None:
    bare = [
        item.path
        for item in all_settings()
        if type(item.default) in (int, float) and item.minimum is None
    ]
    assert bare == []


@pytest.mark.parametrize("item", NUMBERS, ids=lambda item: item.path)
def test_bounds_are_inclusive_and_enforced(item: Setting) -> None:
    needs = {"latent.signs": 1} if item.path == "latent.dim" else {}
    if item.path == "discriminator.packing":
        needs = {"training.batch_size": int(item.maximum)}
    for bound in (item.minimum, item.maximum):
        assert RunConfig().with_values(needs | {item.path: bound}).flat()[item.path] == bound
    step = 1 if item.path in INTEGERS else 1e-6 * max(1.0, abs(item.maximum))
    for outside in (item.minimum - step, item.maximum + step):
        with pytest.raises(ConfigError) as refused:
            RunConfig().with_values({item.path: outside})
        message = str(refused.value)
        assert message.startswith(f"{item.path} = {outside!r} is not allowed: ")
        low, high = (f"{x:,.0f}" if x % 1 == 0 else f"{x:g}" for x in (item.minimum, item.maximum))
        assert f"from {low} to {high}" in message
    for broken in (math.nan, math.inf, "many", [1]):
        with pytest.raises(ConfigError, match=item.path.replace(".", r"\.")):
            RunConfig().with_values({item.path: broken})


REFUSED = [
    ({"data": {"name": "ring9"}}, "data.name", "did you mean ring8"),
    ({"loss": {"name": "wgan"}}, "loss.name", "choose one of minimax, non_saturating"),
    ({"loss": {"nam": "hinge"}}, "loss.nam", "did you mean name"),
    ({"penaltyy": {}}, "penaltyy", "did you mean penalty"),
    ({"training": {"steps": 3.5}}, "training.steps", "a whole number from 1"),
    ({"g_optimizer": {"lr": "fast"}}, "g_optimizer.lr", "a number from 0 to 1,000"),
    ({"latent": {"dim": 0, "signs": 0}}, "latent.dim", "at least one"),
    ({"discriminator": {"packing": 3}}, "discriminator.packing", "divide the batch size, 512"),
    ({"generator": {"architecture": "dcgan"}}, "data.name", "a DCGAN needs images"),
    ({"data": {"name": "points"}}, "data.path", "give a file"),
    ({"data": {"path": "x.csv"}}, "data.path", "give a file"),
    ({"data": {"classes": [3, 10]}}, "data.classes", "0 to 9"),
    ({"generator": {"widths": [64, 0]}}, "generator.widths", "1 to 4096"),
    ({"discriminator": {"widths": "64, x"}}, "discriminator.widths", "integer"),
    ({"compute": "cpu"}, "compute", ""),
    ({"training": {"batch_size": 1}, "generator": {"norm": "batch"}}, "training.batch_size", "two"),
    (
        {"training": {"batch_size": 4}, "discriminator": {"norm": "batch", "packing": 4}},
        "training.batch_size",
        "two",
    ),
    ({"seed": -1}, "seed", "from 0"),
]


@pytest.mark.parametrize(("values", "path", "hint"), REFUSED)
def test_refused_in_one_sentence(values: dict, path: str, hint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        RunConfig.from_dict(values)
    error, message = refused.value, str(refused.value)
    assert isinstance(error, ValueError) and not isinstance(error, ValidationError)
    assert error.path == path
    assert message.startswith(f"{path} = ") and message.endswith(".") and "\n" not in message
    assert hint in message
    assert "pydantic" not in message and "Config" not in message


def test_unknown_dotted_path() -> None:
    with pytest.raises(ConfigError, match=r"did you mean d_optimizer\.lr"):
        RunConfig().with_values({"d_optimiser.lr": 1})


def test_frozen_and_hashable_values() -> None:
    config = RunConfig()
    with pytest.raises(ValidationError):
        config.seed = 1
    with pytest.raises(ValidationError):
        config.training.steps = 1
    changed = config.with_values({"training.steps": 1})
    assert (config.training.steps, changed.training.steps) == (3000, 1)
    assert changed.changes(config) == {"training.steps": 1}


def test_text_is_parsed_as_the_command_line_gives_it() -> None:
    config = RunConfig().with_values(
        {
            "training.steps": "50",
            "g_optimizer.lr": "1e-2",
            "generator.widths": "32,16",
            "compute.flush_denormal": "false",
            "data.std": "",
            "data.classes": "3",
        }
    )
    assert config.training.steps == 50 and config.g_optimizer.lr == 0.01
    assert config.generator.widths == (32, 16) and config.data.classes == (3,)
    assert config.compute.flush_denormal is False and config.data.std is None


def test_choices_have_readable_labels() -> None:
    for kind, names in CHOICES.items():
        labels = list(names.values())
        assert len(set(labels)) == len(labels) and all(labels), kind
