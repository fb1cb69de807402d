"""Commands and envelopes: every one arrives as it was sent, everything else is one sentence."""

from __future__ import annotations

import asyncio
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganlab.config import ConfigError
from ganlab.live import protocol
from ganlab.live.envelopes import encode_message, read_message, receive_message, write_message
from ganlab.live.protocol import POINTS, check_settings, hub_command, refusal, viewer_command

NAMES = st.lists(st.text(max_size=40), max_size=10).map(tuple)
STEPS = st.integers(0, 100_000_000)
VALUES = st.dictionaries(
    st.text("abc._", max_size=20),
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5))
    | st.lists(st.integers(0, 9), max_size=3),
    max_size=4,
)
COORDINATES = st.floats(-1e6, 1e6, allow_nan=False)
DRAWINGS = st.lists(
    st.tuples(COORDINATES, COORDINATES), min_size=POINTS[0], max_size=40, unique=True
)
FROM_VIEWERS = st.one_of(
    st.builds(protocol.Play, until=st.none() | STEPS),
    st.builds(protocol.Pause),
    st.builds(protocol.Speed, pace=st.none() | st.floats(0.02, 10_000)),
    st.builds(protocol.Step, n=st.integers(1, 10_000)),
    st.builds(protocol.DStep),
    st.builds(protocol.GStep),
    st.builds(protocol.Optimum),
    st.builds(protocol.Retry),
    st.builds(protocol.Seek, step=st.none() | STEPS),
    st.builds(protocol.Branch),
    st.builds(protocol.Python),
    st.builds(protocol.Set, values=VALUES),
    st.builds(protocol.Reset, values=VALUES),
    st.builds(protocol.Draw, points=DRAWINGS.map(tuple)),
    st.builds(protocol.Look, layers=NAMES),
)
FROM_THE_HUB = st.one_of(
    st.builds(protocol.Create, config=st.just({"seed": 1}), playing=st.booleans(), note=st.text()),
    st.builds(protocol.Fork, target=st.text()),
    st.builds(protocol.Open, source=st.text()),
    st.builds(protocol.Leave),
    st.builds(
        protocol.Watch,
        viewers=st.integers(0, 99),
        figures=NAMES,
        layers=NAMES,
        scene=st.booleans(),
    ),
    st.builds(protocol.Want),
    st.builds(protocol.Release),
)


@given(FROM_VIEWERS)
def test_a_viewer_s_command_arrives_as_it_was_sent(command):
    assert viewer_command(command.model_dump_json()) == command
    if not isinstance(command, (protocol.Branch, protocol.Look)):  # these end in the hub
        assert hub_command(json.loads(json.dumps(command.model_dump()))) == command


@given(FROM_THE_HUB)
def test_the_hub_s_commands_arrive_and_no_browser_may_send_them(command):
    assert hub_command(json.loads(json.dumps(command.model_dump()))) == command
    with pytest.raises(ValueError, match="op"):
        viewer_command(command.model_dump_json())


def test_the_smallest_commands_of_a_page():
    for text, command in {
        '{"op":"play"}': protocol.Play(until=None),
        '{"op":"play","until":null}': protocol.Play(),
        '{"op":"speed","pace":null}': protocol.Speed(pace=None),
        '{"op":"step"}': protocol.Step(n=1),
        '{"op":"seek","step":null}': protocol.Seek(),
        '{"op":"reset"}': protocol.Reset(values={}),
        '{"op":"look","layers":["gap"]}': protocol.Look(layers=("gap",)),
    }.items():
        assert viewer_command(text) == command


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"op":"speed"}', "pace: field required"),
        ('{"op":"speed","pace":0.01}', "greater than or equal to 0.02"),
        ('{"op":"speed","pace":10001}', "less than or equal to 10000"),
        ('{"op":"speed","pace":NaN}', "pace"),
        ('{"op":"play","until":-1}', "until: input should be greater than or equal to 0"),
        ('{"op":"seek","step":1.5}', "step: input should be a valid integer"),
        ('{"op":"look","layers":"gap"}', "layers"),
        ('{"op":"look","layers":["' + "x" * 41 + '"]}', "40 characters"),
        (json.dumps({"op": "look", "layers": ["x"] * 41}), "layers: tuple should have at most 40"),
        ('{"op":"draw","points":[[1]]}', "draw.points.0.1: field required"),
        ('{"op":"draw","points":[]}', "A drawing needs 10 to 2,000 different points and this one"),
        ('{"op":"draw","points":[]}', "this one has 0; draw more."),
        ('{"op":"draw","points":[[1,2]]}', "this one has 1; draw more."),
        (json.dumps({"op": "draw", "points": [[1, 2]] * 500}), "this one has 1; draw more."),
        (json.dumps({"op": "draw", "points": [[i, 2] for i in range(9)]}), "has 9; draw more."),
        (json.dumps({"op": "draw", "points": [[i, 2] for i in range(2001)]}), "2,001; draw fewer."),
        (json.dumps({"op": "draw", "points": [[i, None] for i in range(20)]}), "no place in"),
        ('{"op":"draw","points":[[NaN,1]]}', "no place in the plane"),
        ('{"op":"draw","points":[[1e999,1]]}', "no place in the plane"),
        ('{"op":"optimum","n":5}', "optimum.n: extra inputs are not permitted"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(text, sentence):
    with pytest.raises(ValueError) as refused:
        viewer_command(text)
    notice = refusal(refused.value)
    assert (
        sentence in notice["text"] and notice["text"].endswith(".") and "\n" not in notice["text"]
    )
    assert (notice["type"], notice["path"]) == ("refused", "")


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_other_text_is_refused(text):
    with pytest.raises(ValueError, match="This command was refused"):
        viewer_command(text)


@pytest.mark.parametrize("path", ["data.path", "compute.device", "compute.threads"])
def test_settings_of_the_server_are_refused_by_name(path):
    for command in (protocol.Set, protocol.Reset):
        with pytest.raises(ConfigError, match="belongs to the server") as refused:
            viewer_command(command(values={path: 1}).model_dump_json())
        assert refusal(refused.value)["path"] == path
    check_settings({"data.name": "ring8", "data.drawn": "AA"})


def test_a_drawing_of_the_most_points_fits_a_command():
    points = [(math.pi * i, -math.e * i) for i in range(POINTS[1])]
    text = protocol.Draw(points=points).model_dump_json()
    assert len(text) < protocol.MAX_COMMAND and viewer_command(text).points == tuple(points)


# -- envelopes -------------------------------------------------------------------------------------

HEADERS = st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.integers()))


@given(st.lists(st.tuples(HEADERS, st.binary()), max_size=5))
def test_envelopes_arrive_as_they_were_sent(messages):
    pipe = io.BytesIO()
    for header, body in messages:
        write_message(pipe, header, body)
    pipe.seek(0)
    assert [read_message(pipe) for _ in messages] == messages
    assert read_message(pipe) is None

    async def receive():
        stream = asyncio.StreamReader()
        stream.feed_data(pipe.getvalue())
        stream.feed_eof()
        return [await receive_message(stream) for _ in range(len(messages) + 1)]

    assert asyncio.run(receive()) == [*messages, None]


@given(HEADERS, st.binary(), st.data())
def test_an_envelope_cut_short_is_the_end(header, body, data):
    whole = encode_message(header, body)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    assert read_message(io.BytesIO(cut)) is None
