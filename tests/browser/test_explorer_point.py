"""The explorer's z and its questions, each module on a page of its own, against known numbers."""

from __future__ import annotations

import numpy as np
import pytest
from module_page import HOST, module_page

SETUP = """async (latent) => {
  const { Point } = await import("/explorer/point.js");
  window.point = new Point(latent);
  window.told = [];
  point.on((what) => told.push(what));
}"""
Z = "() => Array.from(point.value())"
DENSITY = """async ([how, keys, n]) => {
  const prior = await import("/explorer/prior.js");
  return Array.from(prior[how](point, keys.map((key) => point.axis(key)), n));
}"""
# A line that can be cut: what was sent, and what came back to whom.
CHANNEL = """async () => {
  const { Channel } = await import("/explorer/channel.js");
  window.sent = [];
  window.heard = [];
  window.open = true;
  window.channel = new Channel((command) => open && sent.push(command) > 0);
  window.ask = (op, n, lane) => channel.ask(
    { op, n }, ({ meta }) => heard.push([n, meta.error ?? meta.done]), lane,
  );
  window.answer = (id, done = true) => {
    const kind = sent.find((one) => one.id === id).op;
    return channel.receive({ meta: { kind, id, done }, arrays: new Map() });
  };
}"""


@pytest.fixture
def page(chromium):
    with module_page(chromium) as page:
        page.goto(HOST)
        yield page


@pytest.fixture
def point(page):
    page.evaluate(SETUP, {"kind": "normal", "dim": 3, "signs": 2})
    page.evaluate("point.setBase([0.5, -1, 2, 1, -1], 7)")
    return page


def test_controls_directions_and_truncation_add_up(point):
    vector = [0.6, 0, 0.8, 0, 0]
    point.evaluate(
        "(vector) => point.addDirections([{ key: 'main:1', label: 'm', vector }])", vector
    )
    point.evaluate("point.setMany([['z2', 0.25], ['main:1', -2], ['s1', -1]]); point.setPsi(0.5)")
    expected = 0.5 * (np.array([0.5, 0.25, 2]) - 2 * np.array([0.6, 0, 0.8]))
    z = point.evaluate(Z)
    assert z[:3] == pytest.approx(expected, abs=1e-6) and z[3:] == [-1, -1]
    assert point.evaluate("point.norm()") == pytest.approx(np.linalg.norm(expected), abs=1e-6)
    assert point.evaluate("[point.seed, point.moved, told]") == [
        *(7, True),
        ["base", "axes", "value", "value"],
    ]
    point.evaluate("point.resetAll()")
    assert point.evaluate(Z) == [0.5, -1, 2, 1, -1] and not point.evaluate("point.moved")


def test_a_place_is_exact_and_the_way_back_stays(point):
    point.evaluate("point.setPsi(0.3)")
    point.evaluate("point.place([1.5, 0, -0.25, -1, 1])")
    assert point.evaluate(Z) == [1.5, 0, -0.25, -1, 1]
    point.evaluate("point.resetAxis('z1')")
    assert point.evaluate(Z) == [0.5, 0, -0.25, -1, 1]
    point.evaluate("point.setBase([0, 0, 0, 1, 1])")
    assert point.evaluate("[point.seed ?? null, point.moved]") == [None, False]


def test_directions_go_by_the_beginning_of_their_key(point):
    point.evaluate("""point.addDirections(['a:1', 'a:2', 'b:1'].map((key) => (
      { key, label: key, vector: [1, 0, 0, 0, 0] })))""")
    point.evaluate("point.set('b:1', 1); point.removeDirections('a:')")
    assert point.evaluate("point.axes.map(({ key }) => key)") == [
        *("z1", "z2", "z3", "s1", "s2"),
        "b:1",
    ]
    assert point.evaluate(Z)[0] == 1.5


def middles(n, reach):
    return (np.arange(n) + 0.5) / n * 2 * reach - reach


def test_the_shading_is_the_priors_density(point):
    values = np.array(point.evaluate(DENSITY, ["likelihood", ["z1", "z3"], 24])).reshape(24, 24)
    u, v = np.meshgrid(middles(24, 3), middles(24, 3)[::-1])
    expected = np.exp(-(u**2 + v**2) / 2)
    assert values == pytest.approx(expected / expected.max(), abs=1e-5)


def test_along_directions_the_density_counts_all_of_z(point):
    vectors = np.array([[0.6, 0, 0.8, 0, 0], [0.8, 0.6, 0, 0, 0]])  # not at right angles
    point.evaluate(
        """(vectors) => point.addDirections(vectors.map((vector, i) => (
          { key: `d:${i}`, label: "d", vector })))""",
        vectors.tolist(),
    )
    point.evaluate("point.setMany([['d:0', 1], ['d:1', -2]]); point.setPsi(0.7)")
    values = np.array(point.evaluate(DENSITY, ["likelihood", ["d:0", "d:1"], 16])).reshape(16, 16)
    u, v = np.meshgrid(middles(16, 4), middles(16, 4)[::-1])
    base = np.array([0.5, -1, 2])
    z = 0.7 * (base + u[..., None] * vectors[0, :3] + v[..., None] * vectors[1, :3])
    expected = np.exp(-(z**2).sum(-1) / 2)
    assert values == pytest.approx(expected / expected.max(), abs=1e-4)


def test_a_uniform_prior_ends_at_its_cube(page):
    page.evaluate(SETUP, {"kind": "uniform", "dim": 2, "signs": 0})
    page.evaluate("point.addDirections([{ key: 'd', label: 'd', vector: [0.6, 0.8] }])")
    page.evaluate("point.setBase([0.5, 0])")
    values = np.array(page.evaluate(DENSITY, ["inside", ["d"], 32])).reshape(32, 32)
    steps = middles(32, 4)
    z = np.array([0.5, 0]) + steps[:, None] * np.array([0.6, 0.8])
    assert (values == (np.abs(z) <= 1).all(1).astype(float)).all()
    assert 0 < values.sum() < values.size


# -- questions -------------------------------------------------------------------------------------


@pytest.fixture
def channel(page):
    page.evaluate(CHANNEL)
    return page


def numbers(page):
    """Which questions were sent."""
    return page.evaluate("sent.map(({ n }) => n)")


def test_of_those_that_wait_only_the_newest_is_asked(channel):
    for n in range(1, 6):
        channel.evaluate(f"ask('decode', {n})")
    assert numbers(channel) == [1]
    assert channel.evaluate("answer(1)") and numbers(channel) == [1, 5]
    assert channel.evaluate("answer(2)")
    assert channel.evaluate("heard") == [[1, True], [5, True]]
    assert not channel.evaluate("answer(2)")  # it was answered


def test_lanes_take_turns_and_other_ops_do_not_wait(channel):
    channel.evaluate("ask('decode', 1, 'a'); ask('decode', 2, 'b'); ask('decode', 3, 'a')")
    channel.evaluate("ask('about', 4)")
    assert numbers(channel) == [1, 4]
    channel.evaluate("answer(1); answer(3); answer(4)")
    assert numbers(channel) == [1, 4, 2, 3]
    assert channel.evaluate("heard.map(([n]) => n)") == [1, 2, 3]


def test_an_answer_in_pieces_arrives_whole_and_gives_way_to_its_successor(channel):
    channel.evaluate("ask('atlas', 1); answer(1, false); answer(1, false)")
    channel.evaluate("ask('atlas', 2)")
    assert numbers(channel) == [1, 2]
    assert not channel.evaluate("answer(1, false)")  # too late
    channel.evaluate("answer(2, false); answer(2)")
    assert channel.evaluate("heard") == [[1, False], [1, False], [2, False], [2, True]]


def test_a_refusal_ends_its_question_alone(channel):
    channel.evaluate("ask('invert', 1); ask('invert', 2)")
    assert not channel.evaluate("channel.refused({ op: 'invert', id: 9, text: 'No.' })")
    assert channel.evaluate("channel.refused({ op: 'invert', id: 1, text: 'No.' })")
    assert channel.evaluate("heard") == [[1, "No."]] and numbers(channel) == [1, 2]


def test_after_a_lost_line_what_is_unanswered_is_asked_again(channel):
    channel.evaluate("ask('walk', 1); ask('about', 2); answer(2); open = false; ask('decode', 3)")
    assert numbers(channel) == [1, 2]
    channel.evaluate("open = true; channel.reset()")
    assert sorted(numbers(channel)) == [1, 1, 2, 3]
    assert not channel.evaluate("answer(1)")  # of the line before


def test_a_stopped_question_is_heard_no_more(channel):
    channel.evaluate("ask('walk', 1); channel.stop('walk')")
    assert channel.evaluate("[sent[1].op, sent[1].what]") == ["stop", "walk"]
    assert not channel.evaluate("answer(1)") and channel.evaluate("heard") == []
