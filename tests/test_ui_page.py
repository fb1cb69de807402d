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

PAGES = Path(__file__).parents[1] / "pages"
OPENING = {"lab_1d": "gaussian1d", "lab_2d": "ring8", "lab_images": "digits"}


class FakeRun(dict):
    """A configuration, and where it comes from if it does not train."""

    source = ""


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
        self.runs[run_id := f"run-{len(self.runs)}"] = FakeRun(config)
        return run_id


@pytest.fixture
def hub(monkeypatch):
    made = FakeHub()
    monkeypatch.setattr(session, "HUB", made)
    yield made
    made.loop.call_soon_threadsafe(made.loop.stop)


def opened(lab="lab_2d", **query):
    page = AppTest.from_file(str(PAGES / f"{lab}.py"), default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def component_data(page):
    """What the live component was mounted with."""
    (node,) = page.get("bidi_component")
    proto = node.proto
    return json.loads(proto.json or proto.mixed.json)


def html(page):
    return [node.proto.body for node in page.get("html")]


def problems(page):
    """The sentences about what went wrong, as a browser reads them."""
    bodies = html(page)
    return [unescape(re.sub(r"<[^>]*>", "", body)) for body in bodies if 'role="alert"' in body]


@pytest.mark.parametrize(("lab", "preset"), OPENING.items())
def test_opening_starts_the_preset_and_puts_it_into_the_address(hub, lab, preset):
    page = opened(lab)
    assert list(hub.runs.values()) == [PRESETS[preset].config.to_dict()]
    data = component_data(page)
    assert data["run"] == "run-0" and data["socket"] == "/ganlab/live/run-0"
    assert data["base"]["data.name"] == PRESETS[preset].config.data.name
    assert [panel["figure"] for panel in data["panels"]][:2] == ["losses", "scores"]
    assert all(panel["formula"].startswith("<math") for panel in data["panels"])
    assert not problems(page)


def test_the_front_page_trains_and_leads_to_every_lesson(hub):
    page = opened("home")
    endless = PRESETS["ring8"].config.with_values({"training.steps": session.LONG})
    assert list(hub.runs.values()) == [endless.to_dict()]
    assert component_data(page)["view"] == "hero" and not page.query_params
    text = "".join(html(page))
    assert all(f'{lab}"' in text for lab in OPENING)
    links = re.findall(r'href="(lab_\w+)\?preset=(\w+)"', text)
    assert {preset for _, preset in links} == set(PRESETS)
    pictures = {name for name in re.findall(r"lessons/(\w+)-light.webp", text)}
    folder = PAGES.parent / "ganlab" / "ui" / "static" / "lessons"
    assert pictures == set(PRESETS)
    assert all(
        (folder / f"{name}-{shade}.webp").is_file()
        for name in PRESETS
        for shade in ("light", "dark")
    )
    page.run()
    assert len(hub.runs) == 1


def test_another_lesson_is_a_fresh_run_under_a_fresh_address(hub):
    page = opened(seed="5")
    page.selectbox[0].select("grid25").run()
    assert hub.runs["run-0"]["seed"] == 5
    assert hub.runs["run-1"] == PRESETS["grid25"].config.to_dict()
    assert page.query_params["preset"] == "grid25" and "seed" not in page.query_params
    assert component_data(page)["run"] == "run-1"


def test_a_lab_remembers_its_run(hub):
    page = opened(seed="3")
    page.run()  # Streamlit repeats the address it knows, without the run
    assert component_data(page)["run"] == "run-0"
    page.query_params.clear()  # as when one comes back by the menu
    page.run()
    assert component_data(page)["run"] == "run-0" and len(hub.runs) == 1


def test_a_generator_that_does_not_train_is_no_run_of_a_lab(hub):
    hub.runs["exhibit-1"] = exhibit = FakeRun()
    exhibit.source = "digits"
    page = opened(run="exhibit-1", seed="4")
    assert problems(page) == [session.NO_RUN]
    assert component_data(page)["run"] == "run-1" and hub.runs["run-1"]["seed"] == 4


def test_a_branch_is_followed_and_put_into_the_address(hub):
    page = opened(preset="grid25", seed="3")
    hub.runs["branch"] = FakeRun()
    page.session_state[session.FOLLOW] = "branch"
    page.run()
    assert component_data(page)["run"] == "branch" and not problems(page)
    assert page.query_params["run"] == "branch" and page.query_params["preset"] == "grid25"
    page.run()
    assert component_data(page)["run"] == "branch"
    page.query_params["run"] = "run-0"  # the browser's way back
    page.run()
    assert component_data(page)["run"] == "run-0" and list(hub.runs) == ["run-0", "branch"]


def test_a_teacher_hides_what_would_distract(hub):
    page = opened(hide="penalty.r1,speed,lesson")
    assert set(component_data(page)["hidden"]) == {"penalty.r1", "speed", "lesson"}
    assert not page.selectbox and PRESETS["ring8"].lesson not in "".join(html(page))
    page = opened(hide="sped")
    assert "sped" in problems(page)[0] and "speed" in problems(page)[0]


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
        ({"preset": "gaussian1d"}, "1-D lab"),
        ({"data.name": "digits"}, "Image lab"),
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
