"""What belongs to one visitor: the run of each laboratory, its preset, the address bar.

Every session-state key and URL parameter of the dashboard is named here.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import streamlit as st

from ganlab.config import Kind, RunConfig, kind_of
from ganlab.live.exhibits import SAVED, saved_runs
from ganlab.live.protocol import check_settings
from ganlab.live.server import HUB
from ganlab.presets import PRESETS, Preset
from ganlab.ui.controls import hidden
from ganlab.ui.labs import LABS, Lab, lab_of

T = TypeVar("T")

RUN = "run"  # URL parameter: the id of the run on the page
PRESET = "preset"  # URL parameter: where the configuration starts from
GENERATOR = "generator"  # URL parameter: the trained generator that is explored
HIDE = "hide"  # URL parameter, kept for the session: the controls that a teacher leaves out
RUNS = "runs"  # session-state key: kind of data -> what was last seen of it
HOME = "home"  # session-state key: the id of the run on the front page
FOLLOW = "follow"  # session-state key: the id of a run that the page should change to
EXPLORE = "explore"  # session-state key: the generator or run that the explorer should change to
EXPLORED = "explored"  # session-state key: what the explorer last showed
GENERATORS = ("mnist_dcgan", "mnist_plane", "digits")  # those that come with the library
BEST = GENERATORS[0]  # what is explored where nothing is named
LONG = 30_000  # steps: the front page should not stand still while it is read
HUB_SECONDS = 10.0  # the hub answers in milliseconds; longer means the server is in trouble
GONE = "The run to explore is no longer on the server; here is a bundled generator instead."
NO_GENERATOR = (
    "There is no generator {!r}: choose one of {}, or saved:NAME of a run that is saved on the "
    "server."
)
NO_RUN = "The address names a generator that does not train here; here is a new run instead."
LOST = "The run in this address is no longer on the server; here is a new one like it."


@dataclass(frozen=True)
class PageRun:
    """The run a page shows; ``hidden`` names what its page leaves out.

    ``problems`` are sentences for the visitor, one each.
    """

    id: str
    kind: Kind
    preset: Preset
    hidden: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class VisitorRun:
    """A run in training, and the laboratory and preset it came from."""

    id: str
    lab: Lab
    preset: Preset


@dataclass(frozen=True)
class Explored:
    """What the explorer shows: ``query`` names it in an address; ``run`` if it is in training."""

    id: str
    query: dict[str, str]
    run: VisitorRun | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What a laboratory last showed, and the address without a run that asked for it.

    Streamlit repeats the address it knows at every rerun, and it does not know the run.
    """

    id: str
    preset: str
    query: dict[str, str]


def page_run(kind: Kind) -> PageRun:
    """The run in the address bar, or the one this session last saw here, or a new one.

    A bad address costs a sentence: a run that is there stays untouched, otherwise the preset
    starts as it is. Raises ValueError when the server has no room for a run.
    """
    query = dict(st.query_params)
    st.session_state[HIDE] = query.pop(HIDE, st.session_state.get(HIDE, ""))
    left_out, problems = hidden(st.session_state[HIDE])
    named = query.pop(RUN, None)
    wanted = _followed() or named
    lost = "" if wanted is None else _why_lost(wanted)
    seen = st.session_state.setdefault(RUNS, {}).get(kind)
    if wanted is None and seen is not None and seen.id in HUB.runs and query in ({}, seen.query):
        wanted, query = seen.id, {PRESET: seen.preset} | query
    asked = dict(query)
    preset, config, wrong = _requested(query, kind)
    if wanted is None or lost:
        wanted = _ask(HUB.create(config.to_dict()))
    st.session_state[RUNS][kind] = Seen(wanted, preset.name, asked)
    return PageRun(wanted, kind, preset, left_out, (*problems, *wrong, *([lost] if lost else [])))


def _why_lost(run_id: str) -> str:
    """Why a laboratory cannot show this run, or ""."""
    run = HUB.runs.get(run_id)
    if run is None:
        return LOST
    return NO_RUN if run.source else ""


def _followed() -> str | None:
    """The run to change to, if there is one; put into the address, so that Back leads back.

    All else in the address is written by the page's own script: what Streamlit writes becomes
    another entry of the browser's history.
    """
    run_id = st.session_state.pop(FOLLOW, None)
    if run_id is not None:
        st.query_params[RUN] = run_id
    return run_id


def home_run() -> PageRun:
    """The run on the front page, this session's own; the address stays clean."""
    preset = PRESETS[LABS[2].preset]
    seen = st.session_state.get(HOME)
    if seen not in HUB.runs:
        config = preset.config.with_values({"training.steps": LONG})
        seen = st.session_state[HOME] = _ask(HUB.create(config.to_dict()))
    return PageRun(seen, 2, preset)


def explored() -> Explored:
    """The generator or run in the address, or the one explored last, or the best there is.

    A bad address costs a sentence. Raises ValueError when the server has no room for it.
    """
    wanted = st.session_state.pop(EXPLORE, None)
    if wanted is not None:
        st.query_params.from_dict(wanted)
    named = {key: st.query_params[key] for key in (RUN, GENERATOR) if key in st.query_params}
    query = named or st.session_state.get(EXPLORED, {GENERATOR: BEST})
    try:
        found = _found(query)
    except ValueError as error:
        found = replace(_found({GENERATOR: BEST}), problems=(str(error),))
    st.session_state[EXPLORED] = found.query
    return found


def _found(query: dict[str, str]) -> Explored:
    """Raises ValueError for a run that is gone, or a generator that there is not."""
    run = HUB.runs.get(query.get(RUN, ""))
    if RUN in query and run is None:
        raise ValueError(GONE)
    if run is not None and not run.source:
        return Explored(query[RUN], {RUN: query[RUN]}, visitor_run(query[RUN]))
    source = run.source if run else query.get(GENERATOR, BEST)
    if source not in GENERATORS and source not in [SAVED + name for name in saved_runs()]:
        raise ValueError(NO_GENERATOR.format(source[:60], ", ".join(GENERATORS)))
    return Explored(_ask(HUB.exhibit(source)), {GENERATOR: source})


def visitor_run(run_id: str) -> VisitorRun:
    """A run of the server; of a preset that this visitor saw it with, or else its laboratory's."""
    lab = lab_of(RunConfig.from_dict(HUB.runs[run_id].config))
    seen = [one.preset for one in st.session_state.get(RUNS, {}).values() if one.id == run_id]
    return VisitorRun(run_id, lab, PRESETS[seen[0] if seen else lab.preset])


def explore(address: str) -> None:
    """Change to another generator, named as in an address, when the page runs next."""
    st.session_state[EXPLORE] = dict(parse_qsl(address))


def own_runs() -> list[VisitorRun]:
    """The runs of this visitor's laboratories that are still on the server."""
    seen = st.session_state.get(RUNS, {}).values()
    return [visitor_run(one.id) for one in seen if one.id in HUB.runs]


def follow(run_id: str) -> None:
    """Change to another run, such as a branch of this one, when the page runs next."""
    st.session_state[FOLLOW] = run_id


def open_preset(name: str) -> None:
    """Ask for a new run of a preset: the page runs again from a fresh address."""
    kept = {HIDE: st.query_params[HIDE]} if HIDE in st.query_params else {}
    st.query_params.from_dict({PRESET: name, **kept})
    st.rerun()


def _requested(query: dict[str, str], kind: Kind) -> tuple[Preset, RunConfig, list[str]]:
    """What the address asks for; where it is wrong, the preset alone and a sentence why."""
    preset = PRESETS[LABS[kind].preset]
    try:
        wanted = named_preset(query.pop(PRESET, preset.name))
        _check_kind(wanted.config, kind)
        preset = wanted
        check_settings(query)
        config = RunConfig.from_query(query, preset.config)
        _check_kind(config, kind)
        return preset, config, []
    except ValueError as error:
        return preset, preset.config, [str(error)]


def _check_kind(config: RunConfig, kind: Kind) -> None:
    if kind_of(config.data) != kind:
        here, there = LABS[kind].title, lab_of(config).title
        raise ValueError(f"The data {config.data.name} are not for the {here}: open the {there}.")


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
