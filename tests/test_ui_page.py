"""The page as a script: what it starts, what it keeps, what it says about a bad address."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ganlab.live.hub import Full
from ganlab.presets import PRESETS
from ganlab.ui import session

PAGE = str(Path(__file__).parents[1] / "pages" / "lab_2d.py")


class FakeHub:
    """Remembers what was asked of it; lives on a loop of its own, as the real one does."""

    def __init__(self):
        self.runs = {}
        self.full = False
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def create(self, config):
        if self.full:
            raise Full("This server already trains 40 runs, its limit.")
        self.runs[run_id := f"run-{len(self.runs)}"] = config
        return run_id


@pytest.fixture
def hub(monkeypatch):
    made = FakeHub()
    monkeypatch.setattr(session, "HUB", made)
    yield made
    made.loop.call_soon_threadsafe(made.loop.stop)


def opened(**query):
    page = AppTest.from_file(PAGE, default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def component_data(page):
    """What the live component was mounted with."""
    proto = next(node for node in page.main if node.type == "bidi_component").proto
    return json.loads(proto.json or proto.mixed.json)


def problems(page):
    """The sentences about what went wrong, as a browser reads them."""
    bodies = [node.proto.body for node in page.main if node.type == "html"]
    return [unescape(re.sub(r"<[^>]*>", "", body)) for body in bodies if 'role="alert"' in body]


def test_opening_starts_the_preset_and_puts_it_into_the_address(hub):
    page = opened()
    assert list(hub.runs.values()) == [PRESETS["ring8"].config.to_dict()]
    assert page.query_params["run"] == "run-0"
    data = component_data(page)
    assert data["run"] == "run-0" and data["socket"] == "/ganlab/live/run-0"
    assert [panel["figure"] for panel in data["panels"]][:2] == ["losses", "scores"]
    assert not problems(page)


def test_a_rerun_and_a_reload_keep_the_run(hub):
    page = opened()
    page.run()
    assert component_data(page)["run"] == "run-0"
    again = opened(run="run-0")
    assert component_data(again)["run"] == "run-0" and len(hub.runs) == 1


def test_the_address_chooses_preset_and_settings(hub):
    opened(preset="grid25", **{"seed": "5", "loss.name": "hinge"})
    expected = PRESETS["grid25"].config.with_values({"seed": 5, "loss.name": "hinge"})
    assert list(hub.runs.values()) == [expected.to_dict()]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"preset": "ring9"}, "ring8"),
        ({"preset": "<b>&![](http://x)" * 50}, "no preset '<b>&![](http://x)"),
        ({"seed": "-1"}, "seed"),
        ({"loss.name": "hinge'; drop"}, "loss.name"),
        ({"losss.name": "hinge"}, "loss.name"),
        ({"g_optimizer.lr": "nan"}, "g_optimizer.lr"),
        ({"data.path": "/etc/passwd"}, "data.path"),
        ({"compute.device": "cuda"}, "compute.device"),
        ({"utm_source": "mail"}, "utm_source"),
        ({"preset": "gaussian1d"}, "two-dimensional"),
        ({"data.name": "digits"}, "two-dimensional"),
    ],
)
def test_a_bad_address_costs_one_sentence(hub, query, word):
    page = opened(**query)
    (sentence,) = problems(page)
    assert word in sentence and "\n" not in sentence and len(sentence) < 600
    assert list(hub.runs.values()) == [PRESETS["ring8"].config.to_dict()]


def test_a_bad_setting_leaves_a_good_preset(hub):
    page = opened(preset="grid25", seed="many")
    assert "seed" in problems(page)[0]
    assert list(hub.runs.values()) == [PRESETS["grid25"].config.to_dict()]


def test_a_bad_address_leaves_the_run_untouched(hub):
    opened()
    page = opened(run="run-0", seed="many")
    assert len(hub.runs) == 1 and component_data(page)["run"] == "run-0"
    assert "seed" in problems(page)[0]


def test_a_run_that_is_gone_is_replaced_and_said(hub):
    page = opened(run="long-gone", seed="3")
    assert component_data(page)["run"] == "run-0" and hub.runs["run-0"]["seed"] == 3
    assert "no longer on the server" in problems(page)[0]


def test_a_full_server_is_a_sentence(hub):
    hub.full = True
    page = opened()
    assert problems(page) == ["This server already trains 40 runs, its limit."]


def test_without_a_server_the_page_says_how_to_start_one(monkeypatch):
    page = opened()
    assert "streamlit_app.py" in problems(page)[0]
