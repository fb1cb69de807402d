"""Questions: every one arrives as it was asked; any other is one sentence, with op and id."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganlab.live import protocol, questions
from ganlab.live.protocol import asked, hub_command, refusal, viewer_command

NUMBERS = st.floats(-10_000, 10_000, allow_nan=False)
Z = st.lists(NUMBERS, min_size=1, max_size=6).map(tuple)
POINTS = st.lists(Z, min_size=2, max_size=5).map(tuple)
SEEDS = st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=9).map(tuple)
WALK = {
    "points": POINTS,
    "frames": st.integers(2, 240),
    "path": st.sampled_from(["lerp", "slerp", "great_circle"]),
    "closed": st.booleans(),
    "easing": st.sampled_from(["linear", "smooth", "pause"]),
}
WINDOW = st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS).filter(lambda w: w[0] < w[1] and w[2] < w[3])
ATLAS = {
    "origin": Z,
    "axes": st.lists(Z, min_size=1, max_size=2).map(tuple),
    "window": WINDOW,
    "n": st.integers(2, 40),
}
ID = {"id": st.integers(0, 2**53 - 1)}
QUESTIONS = st.one_of(
    st.builds(questions.About, **ID),
    st.builds(questions.Seeds, **ID, seeds=SEEDS),
    st.builds(questions.Decode, **ID, z=POINTS),
    st.builds(questions.Walk, **ID, **WALK),
    st.builds(questions.Atlas, **ID, **ATLAS),
    st.builds(
        questions.Directions,
        **ID,
        method=st.sampled_from(["features", "weights", "classes"]),
        k=st.integers(1, 16),
        seed=st.integers(0, 2**31 - 1),
    ),
    st.builds(questions.Examples, **ID, n=st.integers(1, 64), seed=st.integers(0, 99)),
    st.builds(questions.Invert, **ID, test=st.integers(0, 9999), starts=st.integers(1, 16)),
    st.builds(questions.Invert, **ID, pixels=st.lists(st.integers(0, 255)).map(tuple)),
    st.builds(questions.Neighbours, **ID, z=Z, k=st.integers(1, 12)),
    st.builds(questions.Weights, **ID),
    st.builds(
        questions.Export,
        **ID,
        format=st.sampled_from(["gif", "webp", "png", "npz", "python"]),
        walk=st.builds(questions.WalkPlan, **WALK),
        seeds=st.none() | SEEDS,
    ),
    st.builds(
        questions.Export,
        **ID,
        format=st.sampled_from(["png", "npz", "python"]),
        atlas=st.builds(questions.AtlasPlan, **ATLAS),
    ),
    st.builds(questions.Export, **ID, format=st.just("seeds"), seeds=SEEDS),
    st.builds(questions.Stop, **ID, what=st.just("invert")),
)


@given(QUESTIONS)
def test_a_question_arrives_as_it_was_asked(question):
    text = question.model_dump_json()
    assert viewer_command(text) == question
    assert hub_command(json.loads(json.dumps(question.model_dump()))) == question
    assert asked(text) == {"op": question.op, "id": question.id}


def test_the_smallest_questions_of_a_page():
    for text, question in {
        '{"op":"about","id":0}': questions.About(id=0),
        '{"op":"decode","id":1,"z":[[0.5,-1]]}': questions.Decode(id=1, z=((0.5, -1.0),)),
        '{"op":"walk","id":2,"points":[[0],[1]]}': questions.Walk(
            id=2, points=((0,), (1,)), frames=60, path="slerp", closed=False, easing="linear"
        ),
        '{"op":"directions","id":3,"method":"weights"}': questions.Directions(
            id=3, method="weights", k=8, seed=0
        ),
    }.items():
        assert viewer_command(text) == question


WALKS = {"op": "walk", "points": [[0.0], [1.0]]}
ATLASES = {"op": "atlas", "origin": [0.0], "axes": [[1.0], [2.0]], "window": [-1, 1, -1, 1]}
PLAN = {"points": [[0.0], [1.0]]}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"op": "seeds", "seeds": []}, "seeds: tuple should have at least 1"),
        ({"op": "seeds", "seeds": [0] * 65}, "at most 64"),
        ({"op": "seeds", "seeds": [2**31]}, "less than 2147483648"),
        ({"op": "seeds", "seeds": [-1]}, "greater than or equal to 0"),
        ({"op": "decode"}, "z: field required"),
        ({"op": "decode", "z": []}, "at least 1"),
        ({"op": "decode", "z": [[0.0]] * 65}, "at most 64"),
        ({"op": "decode", "z": [[]]}, "at least 1"),
        ({"op": "decode", "z": [[0.0] * 577]}, "at most 576"),
        ({"op": "decode", "z": [[math.nan]]}, "finite number"),
        ({"op": "decode", "z": [[math.inf]]}, "finite number"),
        ({"op": "decode", "z": [[10_001]]}, "less than or equal to 10000"),
        ({"op": "decode", "z": [["x"]]}, "valid number"),
        (WALKS | {"points": [[0.0]]}, "at least 2"),
        (WALKS | {"points": [[0.0]] * 17}, "at most 16"),
        (WALKS | {"frames": 1}, "greater than or equal to 2"),
        (WALKS | {"frames": 241}, "less than or equal to 240"),
        (WALKS | {"path": "zigzag"}, "'lerp', 'slerp' or 'great_circle'"),
        (WALKS | {"easing": "bounce"}, "'linear', 'smooth' or 'pause'"),
        (ATLASES | {"axes": []}, "at least 1"),
        (ATLASES | {"axes": [[1.0]] * 3}, "at most 2"),
        (ATLASES | {"n": 1}, "greater than or equal to 2"),
        (ATLASES | {"n": 41}, "less than or equal to 40"),
        (ATLASES | {"window": [1, 1, 0, 1]}, "window of this map has no extent"),
        (ATLASES | {"window": [0, 1, 1, 0]}, "window of this map has no extent"),
        (ATLASES | {"window": [0, 1]}, "window"),
        ({"op": "directions", "method": "magic"}, "'features', 'weights' or 'classes'"),
        ({"op": "directions", "method": "weights", "k": 17}, "less than or equal to 16"),
        ({"op": "examples", "n": 65}, "less than or equal to 64"),
        ({"op": "invert"}, "A search needs one image to look for"),
        ({"op": "invert", "pixels": [0], "test": 1}, "A search needs one image to look for"),
        ({"op": "invert", "pixels": [256]}, "less than or equal to 255"),
        ({"op": "invert", "pixels": [0] * 1025}, "at most 1024"),
        ({"op": "invert", "test": 1, "starts": 17}, "less than or equal to 16"),
        ({"op": "invert", "test": 1, "steps": 1001}, "less than or equal to 1000"),
        ({"op": "invert", "test": 1, "steps": 9}, "greater than or equal to 10"),
        ({"op": "neighbours", "z": [0.0], "k": 13}, "less than or equal to 12"),
        ({"op": "export", "format": "bmp", "walk": PLAN}, "'gif', 'webp', 'png'"),
        ({"op": "export", "format": "gif", "seeds": [1]}, "An animation shows a walk"),
        ({"op": "export", "format": "seeds", "walk": PLAN}, "no seed to write down"),
        ({"op": "export", "format": "npz"}, "nothing to keep"),
        ({"op": "export", "format": "gif", "walk": PLAN, "fps": 61}, "less than or equal to 60"),
        ({"op": "export", "format": "gif", "walk": PLAN, "scale": 17}, "less than or equal to 16"),
        ({"op": "stop", "what": "play"}, "what"),
        ({"op": "about", "more": 1}, "extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence_with_op_and_id(question, words):
    text = json.dumps(question | {"id": 41})
    with pytest.raises(ValueError) as refused:
        viewer_command(text)
    notice = refusal(refused.value, asked(text))
    assert words in notice["text"] and notice["text"].endswith(".") and "\n" not in notice["text"]
    assert (notice["type"], notice["op"], notice["id"]) == ("refused", question["op"], 41)


@pytest.mark.parametrize("number", ["true", "-1", "1.5", '"7"', "9007199254740992", "null"])
def test_a_question_without_a_proper_id_is_refused_without_one(number):
    text = f'{{"op":"about","id":{number}}}'
    with pytest.raises(ValueError, match=r"about\.id"):
        viewer_command(text)
    assert asked(text) == {"op": "about"}


@pytest.mark.parametrize("text", ["nonsense", "[1]", '{"op":"play","id":1}', '{"op":["x"]}', ""])
def test_what_is_no_question_has_neither_op_nor_id(text):
    assert asked(text) == {}


def test_the_longest_walk_of_a_large_generator_fits_a_command():
    points = [[-math.pi / (i + j + 1) for i in range(128)] for j in range(16)]
    text = json.dumps({"op": "walk", "id": 1, "points": points})
    assert len(text) < protocol.MAX_COMMAND and len(viewer_command(text).points) == 16
