"""What belongs to one visitor: the run of the page, its configuration, the address bar.

Every session-state key and URL parameter of the dashboard is named here.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from ganlab.config import RunConfig
from ganlab.live.protocol import check_drawable, check_settings
from ganlab.live.server import HUB
from ganlab.presets import PRESETS, Preset

T = TypeVar("T")

RUN = "run"  # URL parameter and session-state key: the id of the run on the page
PRESET = "preset"  # URL parameter: where the configuration starts from
HUB_SECONDS = 10.0  # the hub answers in milliseconds; longer means the server is in trouble
LOST = "The run in this address is no longer on the server; here is a new one like it."


@dataclass(frozen=True)
class PageRun:
    """The run a page shows; ``problems`` are sentences for the visitor, one each."""

    id: str
    preset: Preset
    problems: tuple[str, ...] = ()


def page_run(default_preset: str) -> PageRun:
    """The run in the address bar, or of this session, or a new one as the address asks.

    A bad address costs a sentence: a run that is there stays untouched, otherwise the preset
    starts as it is. Raises ValueError when the server has no room for a run.
    """
    wanted = st.query_params.get(RUN) or st.session_state.get(RUN)
    preset, config, problems = _requested(dict(st.query_params), PRESETS[default_preset])
    if wanted not in HUB.runs:
        problems += [LOST] if RUN in st.query_params else []
        wanted = _ask(HUB.create(config.to_dict()))
    st.session_state[RUN] = st.query_params[RUN] = wanted
    return PageRun(wanted, preset, tuple(problems))


def _requested(query: dict[str, str], default: Preset) -> tuple[Preset, RunConfig, list[str]]:
    """What the address asks for; where it is wrong, the preset alone and a sentence why."""
    query.pop(RUN, None)
    preset = default
    try:
        wanted = named_preset(query.pop(PRESET, default.name))
        check_drawable(wanted.config)
        preset = wanted
        check_settings(query)
        config = RunConfig.from_query(query, preset.config)
        check_drawable(config)
        return preset, config, []
    except ValueError as error:
        return preset, preset.config, [str(error)]


def named_preset(name: str) -> Preset:
    """Raises ValueError with one sentence for a name that no preset has."""
    if name not in PRESETS:
        near = difflib.get_close_matches(name, PRESETS, 1)
        hint = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(PRESETS)}."
        raise ValueError(f"There is no preset {name[:60]!r}: {hint}")
    return PRESETS[name]


def _ask(question: Coroutine[Any, Any, T]) -> T:
    """The hub's answer to a page script, which runs in a thread of its own."""
    if HUB.loop is None:
        question.close()
        raise ValueError("Nothing trains here: start the dashboard from streamlit_app.py.")
    return asyncio.run_coroutine_threadsafe(question, HUB.loop).result(HUB_SECONDS)
