"""The address bar and Python read and write the same configurations."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from module_page import HOST, module_page

from ganlab.config import RunConfig
from ganlab.presets import PRESETS

LOAD = """async ([base, preset]) => {
  const { Address } = await import("/controls/address.js");
  window.address = new Address({ base, preset, run: "run-1" });
}"""
BASE = PRESETS["ring8"].config
CHANGES = [
    {},
    {"seed": 2**31 - 1},
    {"g_optimizer.lr": 1e-5, "d_optimizer.lr": 0.1 + 0.2, "penalty.r1": 0.0},
    {"data.std": 0.031, "latent.kind": "uniform", "training.steps": 100_000_000},
    {"generator.widths": (8,), "discriminator.widths": (), "generator.spectral_norm": True},
    {"data.name": "digits", "data.classes": (3, 8), "training.ema": 0.0},
    {"data.name": "points", "data.drawn": "Ag-_AbC012", "loss.name": "wasserstein"},
]


@pytest.fixture
def page(chromium):
    with module_page(chromium) as page:
        yield page


def opened(page, query="", base=BASE):
    page.goto(f"{HOST}/{query}")
    page.evaluate(LOAD, [json.loads(json.dumps(base.flat())), "ring8"])


def shown(page, config, base=BASE):
    """What Python reads in the address bar once the page heard of ``config``."""
    page.evaluate("(config) => window.address.config(config)", config.to_dict())
    page.wait_for_function("!window.address.stale")
    query = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    assert (query.pop("preset"), query.pop("run")) == ("ring8", "run-1")
    assert set(query) == set(config.to_query(base))
    return RunConfig.from_query(query, base)


@pytest.mark.parametrize("values", CHANGES, ids=lambda values: ",".join(values) or "none")
def test_the_address_bar_holds_the_configuration_there_and_back(page, values):
    opened(page)
    changed = BASE.with_values(values)
    assert shown(page, changed) == changed
    opened(page, base=changed)  # and the way back: null, False and empty lists among the changes
    assert shown(page, BASE, changed) == BASE


def test_other_parameters_stay_and_settings_of_old_go(page):
    opened(page, "?hide=loss,speed&seed=4&embed=true&run=old&g_optimizer.lr=1")
    config = BASE.with_values({"penalty.r2": 3})
    page.evaluate("(config) => window.address.config(config)", config.to_dict())
    page.wait_for_function("!window.address.stale")
    assert page.url == (f"{HOST}/?preset=ring8&run=run-1&penalty.r2=3&hide=loss,speed&embed=true")
    assert page.evaluate("window.address.link()") == (
        f"{HOST}/?preset=ring8&penalty.r2=3&hide=loss,speed&embed=true"
    )


def test_a_storm_of_changes_ends_with_the_last_and_without_history(page):
    opened(page)
    before = page.evaluate("window.history.length")
    page.evaluate(
        """(config) => {
          window.writes = 0;
          const replace = window.history.replaceState.bind(window.history);
          window.history.replaceState = (...all) => { window.writes += 1; replace(...all); };
          for (let seed = 1; seed <= 500; seed += 1) window.address.config({ ...config, seed });
        }""",
        BASE.to_dict(),
    )
    page.wait_for_url(f"{HOST}/?preset=ring8&run=run-1&seed=500")
    assert page.evaluate("window.writes") == 1
    assert page.evaluate("window.history.length") == before
