"""Exhibits, and who hears which answer: from the worker's jobs through the hub to the socket."""

from __future__ import annotations

import asyncio
import json
import queue
import shutil
import urllib.error
import urllib.request

import pytest
import torch
from exploring_helpers import DCGAN, trained
from live_bench import LONG, Bench
from live_helpers import SMALL, SMALL_IMAGES
from live_helpers import started as started_run
from live_hub import PATIENCE, news, next_frame, next_notice, started
from test_live_routes import receive, served
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from ganlab.live import audience, gallery, protocol, questions, worker
from ganlab.live.audience import Viewer
from ganlab.live.exhibits import exhibit_id, place_of, saved_runs
from ganlab.live.exploring import Answer, Subject
from ganlab.live.frames import unpack
from ganlab.live.gallery import Gallery
from ganlab.live.hosting import Hosted, Request
from ganlab.live.hub import Hub
from ganlab.live.jobs import Jobs, newest
from ganlab.pretrained import BUNDLED
from ganlab.runs import save_checkpoint, save_run

Z = ((0.0,) * 10,)


# -- jobs ------------------------------------------------------------------------------------------


class Told:
    """Jobs whose answers are kept: (viewer, op, id, share) each, or a refusal's sentence."""

    def __init__(self, monkeypatch, pieces):
        monkeypatch.setattr("ganlab.live.jobs.explore", lambda subject, question: pieces(question))
        self.said = []
        self.jobs = Jobs(self.send)

    def send(self, header, body):
        words = unpack(body)[0]["share"] if body else header["text"]
        self.said.append((header["viewer"], header["op"], header["id"], words))

    def ask(self, viewer, question):
        self.jobs.ask(Request("a", question, viewer), lambda: Subject(Step(), "paused", False))

    def round(self):
        for _ in self.jobs.turns():
            pass
        said, self.said = self.said, []
        return said


class Step:
    step = 3


def thirds(question):
    for number in (1, 2, 3):
        yield Answer(share=number / 3) if number != 2 else None


def test_the_first_piece_comes_at_once_and_the_rest_one_a_round(monkeypatch):
    told = Told(monkeypatch, thirds)
    told.ask(1, questions.About(id=5))
    assert told.said == [(1, "about", 5, 1 / 3)] and bool(told.jobs)
    told.said.clear()
    assert [told.round(), told.round()] == [[], [(1, "about", 5, 1.0)]]
    assert not told.jobs and told.round() == []


def test_a_new_question_takes_the_place_of_the_old_one_of_its_viewer_only(monkeypatch):
    told = Told(monkeypatch, thirds)
    told.ask(1, questions.About(id=1))
    told.ask(2, questions.About(id=1))
    told.ask(1, questions.Weights(id=2))
    told.ask(1, questions.About(id=3))
    told.said.clear()
    assert told.round() == []
    assert sorted(told.round()) == [
        (1, "about", 3, 1.0), (1, "weights", 2, 1.0), (2, "about", 1, 1.0),
    ]  # fmt: skip


def test_what_is_stopped_or_left_is_heard_of_no_more(monkeypatch):
    told, closed = Told(monkeypatch, thirds), []

    def endless(question):
        try:
            while True:
                yield Answer(share=0.0)
        finally:
            closed.append(question.id)

    monkeypatch.setattr("ganlab.live.jobs.explore", lambda subject, question: endless(question))
    told.ask(1, questions.About(id=1))
    told.ask(1, questions.Weights(id=2))
    told.ask(2, questions.About(id=3))
    told.ask(1, questions.Stop(id=4, what="about"))
    assert told.said[-1] == (1, "stop", 4, 1.0) and closed == [1]
    told.said.clear()
    assert told.round() == [(1, "weights", 2, 0.0), (2, "about", 3, 0.0)]
    told.jobs.leave("a", 1)
    told.jobs.leave("another run", 2)
    assert closed == [1, 2] and told.round() == [(2, "about", 3, 0.0)]


def test_a_round_that_is_cut_short_goes_on_where_it_stopped(monkeypatch):
    def tenths(question):
        for number in range(1, 11):
            yield Answer(share=number / 10)

    told = Told(monkeypatch, tenths)
    for viewer in (1, 2, 3):
        told.ask(viewer, questions.About(id=1))
    told.said.clear()
    for _ in range(6):  # rounds in which there is time for two pieces
        turns = told.jobs.turns()
        next(turns), next(turns)
    assert [viewer for viewer, *_ in told.said] == [1, 2, 3] * 4
    assert [share for viewer, _, _, share in told.said if viewer == 3] == [0.2, 0.3, 0.4, 0.5]


def test_of_many_questions_at_once_the_newest_are_answered():
    def asked(viewer, question, run="a"):
        return Request(run, question, viewer)

    old = [asked(1, questions.About(id=number)) for number in range(50)]
    stops = [asked(1, questions.Stop(id=60, what=what)) for what in ("walk", "atlas")]
    others = [
        asked(2, questions.About(id=7)), asked(1, questions.About(id=8), "b"),
        asked(1, protocol.Step(n=1)), asked(1, protocol.Step(n=1)),
    ]  # fmt: skip
    last = asked(1, questions.About(id=70))
    assert newest([*old, *stops, *others, last, None]) == [*stops, *others, last, None]
    assert newest([]) == [] and newest([last, last]) == [last]


def test_a_flood_of_questions_holds_nobody_up(monkeypatch):
    """A viewer who asks again while the answer is made: the run goes on, and the newest wins."""
    inbox, sent = queue.SimpleQueue(), []
    made = worker.Worker(inbox, lambda header, body: sent.append(header))
    made.desk.hosted["a"] = Hosted("a", started_run(SMALL, playing=True), viewers=1)
    numbers = iter(range(1, 10_000))

    def flood(subject, question):
        for _ in range(3):
            inbox.put(Request("a", questions.Decode(id=next(numbers), z=Z), 1))
        yield Answer()

    monkeypatch.setattr("ganlab.live.jobs.explore", flood)
    inbox.put(Request("a", questions.Decode(id=0, z=Z), 1))
    for _ in range(5):
        made._obey(wait=0.0)
    answered = [header["id"] for header in sent if header["type"] == "answer"]
    assert answered == [0, 3, 6, 9, 12]
    made.desk.close()


def test_an_error_is_a_refusal_and_ends_nothing_else(monkeypatch):
    def fails(question):
        yield Answer(share=0.5)
        raise ValueError("It cannot be.") if question.id == 1 else ZeroDivisionError("oops")

    told = Told(monkeypatch, fails)
    told.ask(1, questions.About(id=1))
    told.ask(2, questions.About(id=2))
    told.said.clear()
    assert told.round() == [
        (1, "about", 1, "It cannot be."),
        (2, "about", 2, "This could not be computed (ZeroDivisionError: oops)."),
    ]
    assert not told.jobs


# -- in the worker ---------------------------------------------------------------------------------


@pytest.fixture
def bench():
    made = Bench()
    yield made
    made.close()


def heard(bench, condition):
    """The first (header, meta, arrays) that fits; the rest of what is sent is lost."""
    while True:
        header, body = bench.sent.get(timeout=60)
        meta, arrays = unpack(body) if body else ({}, {})
        if condition(header):
            return header, meta, arrays


def of_question(number):
    return lambda header: header.get("id") == number


def test_a_question_is_answered_while_the_run_trains(bench):
    bench.create("a")
    bench.frame_when("a", lambda meta: meta["step"] > 5)
    bench.tell("a", questions.Decode(id=7, z=Z), viewer=3)
    header, meta, arrays = heard(bench, of_question(7))
    assert header == {
        "type": "answer", "run": "a", "viewer": 3, "op": "decode", "id": 7, "done": True,
    }  # fmt: skip
    assert (meta["kind"], meta["id"], meta["done"], meta["share"]) == ("decode", 7, True, 1)
    assert meta["step"] > 5 and arrays["x"].shape == (1, 2)
    assert bench.frame("a")["state"] == "playing"


def test_runs_of_long_turns_let_questions_go_first():
    made = worker.Worker(queue.SimpleQueue(), lambda header, body: None)
    one = Hosted("a", started_run(SMALL, playing=True), viewers=1)
    jobs, now = made.desk.jobs, 100.0

    def trains(turn, asked, trained_before):
        one.run.cost.clear()
        one.run.cost.took("step", turn, 1)
        jobs.asked_at, one.trained_at = now - asked, now - trained_before
        return made._trains_now(one, now)

    assert not trains(0.02, 0.01, 0.1)
    assert trains(0.002, 0.01, 0.1)  # short turns never wait
    assert trains(0.02, 0.05, 0.1)  # nobody has asked for a while
    assert trains(0.02, 0.01, 0.3)  # it has waited for long enough
    one.run.playing = False
    assert not trains(0.002, 9.0, 9.0)
    made.desk.close()


def test_a_run_that_failed_refuses_and_its_neighbours_do_not(bench):
    absent = {**LONG, "data": {**LONG["data"], "name": "points", "path": "nowhere.csv"}}
    bench.create("a", absent)
    bench.frame_when("a", lambda meta: meta["state"] == "failed")
    bench.tell("a", questions.About(id=4), viewer=2)
    header, _, _ = heard(bench, of_question(4))
    assert (header["type"], header["viewer"], header["op"]) == ("refused", 2, "about")
    assert "stopped on an error" in header["text"]


def test_a_question_that_cannot_be_answered_leaves_the_run_alone(bench):
    bench.create("a", SMALL.to_dict(), playing=False)
    bench.frame("a")
    bench.tell("a", questions.Decode(id=1, z=((0.0,),)), viewer=2)
    header, _, _ = heard(bench, of_question(1))
    assert header["type"] == "refused" and "A z of length 1 does" in header["text"]
    bench.tell("a", protocol.Step(n=2))
    assert bench.frame_when("a", lambda meta: meta["step"] == 2)["state"] == "paused"


def test_without_a_scene_frames_say_only_where_the_run_stands(bench):
    bench.tell("a", protocol.Create(config=SMALL.to_dict(), playing=False))
    bench.tell("a", protocol.Watch(viewers=1, scene=False), protocol.Want())
    header, meta, arrays = heard(bench, lambda header: header["type"] == "frame")
    assert header["scene"] is False and arrays == {}
    known = {"kind": "frame", "state": "paused", "step": 0, "steps": 40, "message": ""}
    assert known.items() <= meta.items()
    bench.tell("a", protocol.Watch(viewers=2, scene=True), protocol.Want())
    header, meta, arrays = heard(bench, lambda header: header["type"] == "frame")
    assert header["scene"] is True and "scene/fake" in arrays


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A server's folder: "good" is saved whole, "begun" only as a checkpoint."""
    monkeypatch.chdir(tmp_path)
    save_run(trained(DCGAN), tmp_path / "runs" / "good")
    save_checkpoint(trained(SMALL), tmp_path / "runs" / "begun")
    return tmp_path / "runs"


def test_saved_runs_are_those_with_a_generator_that_lie_there(runs, tmp_path):
    assert saved_runs() == ["good"]
    shutil.copytree(runs / "good", tmp_path / "elsewhere")
    (runs / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (runs / "linked").mkdir()
    for file in ("generator.safetensors", "checkpoint"):
        (runs / "linked" / file).symlink_to(tmp_path / "elsewhere" / file)
    (runs / "file").write_text("no folder")
    (runs / "weights").mkdir()
    (runs / "weights" / "generator.safetensors").write_text("no run")
    shutil.copytree(runs / "good", runs / "an other")
    assert saved_runs() == ["an other", "good"]
    assert place_of("saved:good") == "runs/good"
    for name in ("link", "linked", "..", ".", "", "../elsewhere", "good/../good", "begun", "/etc"):
        with pytest.raises(ValueError, match="There is no saved run"):
            place_of(f"saved:{name}")
    for source in ("runs/good", str(runs / "good"), "nonsense", ""):
        with pytest.raises(ValueError, match="There is no generator"):
            place_of(source)
    assert [place_of(name) for name in BUNDLED] == list(BUNDLED)


def test_a_server_without_runs_has_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert saved_runs() == []


def test_an_exhibit_answers_what_was_asked_before_it_was_there(runs, bench):
    run = exhibit_id("saved:good")
    bench.tell(run, protocol.Open(source="saved:good"), protocol.Watch(viewers=1))
    bench.tell(run, questions.Decode(id=1, z=((0.5,) * 6,)), viewer=4)
    header, meta, arrays = heard(bench, of_question(1))
    made = trained(DCGAN).generator().samples(torch.full((1, 6), 0.5))
    assert header["viewer"] == 4 and meta["step"] == 20
    assert abs(arrays["x"][0].astype(float) - (made[0, 0] + 1) * 127.5).max() <= 0.51
    bench.tell(run, protocol.Open(source="saved:good"), protocol.Want())
    frame = bench.next("frame", run)
    assert frame == {"kind": "frame", "state": "exhibit", "step": 20, "failure": ""}
    bench.tell(run, questions.About(id=2))
    _, meta, _ = heard(bench, of_question(2))
    assert (meta["name"], meta["training"], meta["state"]) == ("good", False, "exhibit")
    bench.tell(run, questions.Export(id=3, format="python", seeds=(1,)))
    assert '"runs/good"' in heard(bench, of_question(3))[2]["bytes"].tobytes().decode()


def test_of_what_is_asked_before_it_is_there_the_newest_is_answered():
    said, orders = [], []
    told = Jobs(lambda header, body: said.append((header["viewer"], header.get("id"))))
    rooms = Gallery(lambda *order: orders.append(order), lambda header, body: None, told)
    rooms.answer(Request("e", protocol.Open(source="digits")))
    for number, viewer in ((1, 1), (2, 2), (3, 1)):
        rooms.answer(Request("e", questions.Seeds(id=number, seeds=(0,)), viewer))
    ((_, adopt, _),) = orders
    assert said == []
    adopt(trained(DCGAN).generator())
    assert sorted(said) == [(1, 3), (2, 2)]


def test_nobody_waits_for_what_a_viewer_asked_who_has_left():
    orders, told = [], []
    jobs = Jobs(lambda header, body: told.append((header.get("viewer"), header.get("op"))))
    hall = Gallery(lambda *order: orders.append(order), lambda header, body: None, jobs)
    hall.answer(Request("e", protocol.Open(source="digits")))
    for viewer in (1, 2):
        hall.answer(Request("e", questions.Seeds(id=1, seeds=(5,)), viewer))
    hall.leave("e", 1)
    hall.leave("another", 2)
    ((load, adopt, _),) = orders
    adopt(load())
    assert told == [(2, "seeds")]


def test_an_exhibit_that_cannot_be_loaded_says_why_and_may_come_later(runs, bench):
    run = exhibit_id("saved:late")
    bench.tell(run, protocol.Open(source="saved:late"), protocol.Watch(viewers=1))
    refused = bench.next("refused", run)
    assert refused["viewer"] == 0 and "no saved run 'late'" in refused["text"]
    bench.tell(run, questions.About(id=2), viewer=9)
    header, _, _ = heard(bench, of_question(2))
    assert (header["viewer"], header["text"]) == (9, refused["text"])
    bench.tell(run, protocol.Want())
    assert bench.next("frame", run)["failure"] == refused["text"]
    shutil.copytree(runs / "good", runs / "late")
    bench.tell(run, protocol.Open(source="saved:late"), questions.About(id=3))
    assert heard(bench, of_question(3))[1]["name"] == "late"


def test_an_unwatched_exhibit_is_released(runs, monkeypatch):
    monkeypatch.setattr(worker, "RELEASE", 0.0)
    bench, run = Bench(), exhibit_id("saved:good")
    bench.tell(run, protocol.Open(source="saved:good"), protocol.Watch(viewers=1))
    assert bench.next("config", run)["config"] == DCGAN.to_dict()
    bench.tell(run, protocol.Watch(viewers=0))
    assert bench.next("released", run) and not bench.worker.desk.gallery.exhibits
    bench.close()


def test_an_exhibit_is_loaded_once(runs, monkeypatch):
    loads = queue.SimpleQueue()
    load = gallery.load_generator
    monkeypatch.setattr(gallery, "load_generator", lambda place: loads.put(place) or load(place))
    bench, run = Bench(), exhibit_id("saved:good")
    for number in range(3):
        bench.tell(run, protocol.Open(source="saved:good"), questions.About(id=number))
    heard(bench, of_question(2))
    bench.close()
    assert loads.qsize() == 1


# -- in the hub ------------------------------------------------------------------------------------


def kinds(messages):
    return [meta for meta in (unpack(m)[0] for m in messages) if meta["kind"] == "decode"]


async def answered(hub, run, viewer, number):
    """All answers up to the last one of a question."""
    found = []
    while not (found and found[-1]["id"] == number and found[-1]["done"]):
        found += kinds((await news(hub, run, viewer))[1])
    return found


def test_answers_reach_their_viewer_in_order_and_nobody_else():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, []) as one, hub.watching(run, []) as two:
                one.credit = two.credit = 0  # answers need none
                hub.command(run, questions.Decode(id=1, z=Z * 20), one)
                hub.command(run, questions.Decode(id=1, z=Z * 3), two)
                hub.command(run, questions.Decode(id=2, z=Z * 2), one)
                assert one.asked == {"decode": 2} and two.asked == {"decode": 1}
                found = await answered(hub, run, one, 2)
                assert [m["number"] for m in found] == [*range(20), 0, 1]
                assert len(await answered(hub, run, two, 1)) == 3
                assert one.asked == two.asked == {}

    asyncio.run(scenario())


def test_a_viewer_that_leaves_with_a_question_open_is_told_of():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, []) as stays:
                async with hub.watching(run, []) as goes:
                    hub.command(run, questions.About(id=1), goes)
                while "left" not in (meta := await next_frame(hub, run, stays)):
                    hub.acknowledge(stays)
            assert meta["left"] == [goes.number]

    asyncio.run(scenario())


def test_an_exhibit_is_shared_survives_its_worker_and_does_not_train(monkeypatch):
    async def scenario():
        async with started(max_runs=2) as hub:
            run = await hub.exhibit("digits")
            assert run == exhibit_id("digits") == await hub.exhibit("digits")
            assert run != exhibit_id("mnist_dcgan") and run.startswith("exhibit-")
            other = await hub.create({})
            async with hub.watching(run, []) as viewer:
                first = await next_frame(hub, run, viewer)
                assert first["created"] == {"op": "open", "source": "digits"}
                for command in (protocol.Play(), protocol.Set(values={}), protocol.Branch()):
                    with pytest.raises(ValueError, match="This generator is not in training"):
                        hub.command(run, command, viewer)
                hub.command(run, questions.About(id=6), viewer)
                hub.acknowledge(viewer)
                hub.command(other, protocol.Play())  # the fake worker dies of it
                lost = await next_notice(hub, run, viewer, "refused")
                assert (lost["op"], lost["id"]) == ("about", 6) and "ask again" in lost["text"]
                while (meta := await next_frame(hub, run, viewer))["pid"] == first["pid"]:
                    hub.acknowledge(viewer)
                assert meta["created"] == {"op": "open", "source": "digits"}
                assert viewer.asked == {}

    asyncio.run(scenario())


def test_an_unwatched_exhibit_makes_room_before_any_run():
    async def scenario():
        async with started(max_runs=3) as hub:
            runs = [await hub.create({}), await hub.create({})]
            exhibit = await hub.exhibit("digits")
            third = await hub.exhibit("mnist_plane")
            assert set(hub.runs) == {*runs, third}
            async with hub.watching(third, []):
                assert exhibit == await hub.exhibit("digits")
                assert set(hub.runs) == {runs[1], exhibit, third}

    asyncio.run(scenario())


def test_a_frame_without_a_scene_is_only_for_those_who_want_none():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, [], scene=False) as plain:
                assert (await next_frame(hub, run, plain))["scene"] is False
                hub.acknowledge(plain)
                async with hub.watching(run, []) as lab:
                    assert (await next_frame(hub, run, lab))["scene"] is True
                    assert (await next_frame(hub, run, plain))["number"] > 1

    asyncio.run(scenario())


def test_refusals_of_one_op_take_each_other_s_place_and_answers_have_a_limit():
    viewer = Viewer(())
    for number in range(30):
        notice = {"type": "refused", "text": "no", "path": "", "op": "walk", "id": number}
        viewer.notify(notice)
    viewer.notify({**notice, "op": "atlas"})
    viewer.notify({"type": "refused", "text": "no", "path": ""})
    assert [notice.get("id") for notice in viewer.notices] == [29, 29, None]
    header = {"op": "walk", "id": 1, "done": False}
    for number in range(audience.ANSWERS):
        viewer.answer(header, bytes([number]))
    assert not viewer.overrun.is_set()
    viewer.answer(header, b"one too many")
    assert viewer.overrun.is_set() and len(viewer.answers) == audience.ANSWERS == 256


# -- over the socket -------------------------------------------------------------------------------


def test_a_stopped_question_is_waited_for_no_more():
    viewer = Viewer(())
    viewer.ask(questions.Walk(id=3, points=(Z[0], Z[0])))
    viewer.ask(questions.About(id=4))
    viewer.ask(questions.Stop(id=5, what="walk"))
    assert viewer.asked == {"about": 4, "stop": 5}
    viewer.answer({"op": "stop", "id": 5, "done": True}, b"")
    viewer.give_up("Gone.")
    assert [(notice["op"], notice["id"]) for notice in viewer.notices] == [("about", 4)]
    assert viewer.asked == {}


def test_a_malformed_question_is_refused_with_its_op_and_id():
    async def scenario():
        async with served() as (hub, address):
            run = await hub.create({})
            async with connect(f"ws://{address}/ganlab/live/{run}?scene=0") as socket:
                await receive(socket, str)
                await socket.send('{"op": "decode", "id": 8, "z": [[null]]}')
                notice = await receive(socket, str)
                assert (notice["type"], notice["op"], notice["id"]) == ("refused", "decode", 8)
                assert (await receive(socket, bytes))["scene"] is False

    asyncio.run(scenario())


def test_points_cannot_be_uploaded_to_an_exhibit():
    async def scenario():
        async with served() as (hub, address):
            url = f"http://{address}/ganlab/upload/{await hub.exhibit('digits')}"
            body = "\n".join(f"{k},{k * k}" for k in range(30)).encode()
            return await asyncio.to_thread(post, url, body)

    def post(url, body):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(url, body), timeout=60)
        return refused.value.code, json.load(refused.value)["error"]

    code, sentence = asyncio.run(scenario())
    assert code == 422 and "not in training" in sentence


def test_a_page_that_does_not_read_is_closed_with_a_sentence(monkeypatch):
    monkeypatch.setattr(audience, "ANSWERS", 3)

    async def scenario():
        async with served() as (hub, address):
            run = await hub.create({})
            async with connect(f"ws://{address}/ganlab/live/{run}") as socket:
                await receive(socket, str)
                (viewer,) = hub.runs[run].viewers
                for _ in range(4):  # all at once: the socket has had no time to send any
                    viewer.answer({"op": "walk", "id": 1, "done": False}, b"")
                with pytest.raises(ConnectionClosed) as closed:
                    while True:
                        await asyncio.wait_for(socket.recv(), PATIENCE)
            assert closed.value.rcvd.code == 4408 and "too slowly" in closed.value.rcvd.reason

    asyncio.run(scenario())


def test_a_real_worker_answers_over_the_hub():
    async def scenario():
        hub = Hub()
        await hub.start()
        run = await hub.create(SMALL_IMAGES.to_dict(), playing=False)
        async with hub.watching(run, [], scene=False) as viewer:
            while not hub.runs[run].static:  # it takes a while to start
                await asyncio.wait_for(hub.next_messages(run, viewer), 60)
            hub.command(run, questions.Decode(id=5, z=Z), viewer)
            (meta,) = await asyncio.wait_for(answered(hub, run, viewer, 5), 60)
        await hub.stop()
        return meta

    meta = asyncio.run(scenario())
    assert (meta["id"], meta["step"], meta["share"], meta["done"]) == (5, 0, 1, True)
