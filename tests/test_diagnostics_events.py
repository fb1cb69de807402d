"""Events: what they announce, when, how rarely, and that it does not matter who looks when."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic import EQUILIBRIUM, make_history, prefix

from ganlab.diagnostics import Chronicle, events, verdicts
from ganlab.diagnostics.rules import RULES
from ganlab.diagnostics.watch import Modes, ModeWatch, VerdictWatch
from ganlab.diagnostics.words import WORDS
from ganlab.snapshot import Estimate, Event, History, Verdict

FLOOR = {"js": Estimate(0.0, 0.004, "histogram")}


def happened(history: History, modes: int | None = 8) -> tuple[Event, ...]:
    return events(history, equilibrium=EQUILIBRIUM, measures=FLOOR, modes=modes)


def titles(history: History, modes: int | None = 8) -> list[tuple[int, str]]:
    return [(event.step, event.title) for event in happened(history, modes)]


def covering(covered: list[int], total: int = 8) -> History:
    """So many of the modes hold the samples at each row, from the first mode on."""
    rows = len(covered)
    counts = np.zeros((rows, total))
    for row, n in enumerate(covered):
        counts[row, :n] = 800
    counts[counts.sum(1) == 0] = 1
    return make_history(rows, counts, modes=covered, js=0.2, high_quality=0.1)


def of_modes(covered: list[int], total: int = 8) -> list[Event]:
    """The news about modes of such a run; that it collapsed, too, is another story."""
    names = ("modes gained", "modes lost", "all modes covered")
    return [event for event in happened(covering(covered, total), total) if event.name in names]


# -- verdicts --------------------------------------------------------------------------------------


def winning(shares: list[float]) -> History:
    """D's loss in units of its equilibrium value, level by level over 20 rows each."""
    d_loss = np.repeat(shares, 20) * 2 * np.log(2)
    return make_history(len(d_loss), d_loss=d_loss, js=0.4)


def test_a_warning_is_announced_at_once_and_its_end_after_four_readings() -> None:
    history = winning([0.7, 0.02, 0.7])
    silent = [
        not verdicts(prefix(history, n), equilibrium=EQUILIBRIUM, measures=FLOOR, modes=None)
        for n in range(61)
    ]
    first = silent.index(False, 6)
    last = len(silent) - 1 - silent[::-1].index(False)
    assert 20 < first < 40 < last < 57  # rows, counted from 1
    begin, end = happened(history, None)
    assert (begin.step, begin.name, begin.title) == (10 * first, "D is winning", "D is winning")
    assert begin.severity == "warning" and "leaves G little to learn from" in begin.text
    assert "2% of its value at equilibrium" in begin.text
    assert (end.step, end.name, end.severity) == (10 * (last + 4), "recovered", "good")
    assert end.title == "D no longer wins"


WARNING = Verdict("oscillation", "warning", "text", "evidence")
NOTICE = Verdict("oscillation", "notice", "text", "evidence")


def watched(pattern: str) -> list[tuple[int, str]]:
    """Readings w, n, . -> (place, severity announced or "end")."""
    watch, news = VerdictWatch("oscillation"), []
    for place, sign in enumerate(pattern):
        verdict = {"w": WARNING, "n": NOTICE, ".": None}[sign]
        if event := watch.appears(place, verdict):
            news.append((place, event.severity))
        if watch.ends(()):
            news.append((place, "end"))
    return news


@pytest.mark.parametrize(
    ("pattern", "news"),
    [
        ("....", []),
        ("w.w.w..w...w", [(0, "warning")]),
        ("n.n.n.n", []),  # a notice must last two readings
        ("nn.nn", [(1, "notice")]),
        ("nnwwnnww", [(1, "notice"), (2, "warning")]),  # worse is news, better is not
        ("w....w", [(0, "warning"), (4, "end"), (5, "warning")]),
        # Each return doubles the absence that counts: 4, 8, 16 readings.
        (
            "w....w.......w........w",
            [(0, "warning"), (4, "end"), (5, "warning"), (21, "end"), (22, "warning")],
        ),
    ],
)
def test_what_comes_and_goes_makes_news_ever_more_rarely(pattern: str, news: list) -> None:
    assert watched(pattern) == news


def test_no_end_is_told_while_a_kindred_warning_lasts() -> None:
    watch = VerdictWatch("mode collapse")
    watch.appears(0, Verdict("mode collapse", "warning", "", ""))
    for step in range(1, 20):
        assert watch.appears(step, None) is None
        assert watch.ends(["mode hopping"]) is None
    assert watch.ends(["D is winning"]).ended == "Out of the collapse"
    assert watch.ends([]) is None  # once


def test_every_rule_has_its_words() -> None:
    """Each verdict that a rule can give has a title; bad ones have an end."""
    assert len(WORDS) == len(RULES) + 2  # mode collapse has a mild form; "no overlap" is no rule
    for name, words in WORDS.items():
        good = name in ("balanced", "at the noise floor")
        assert words.title and bool(words.ended) == bool(words.text) == (not good), name
        assert set(words.akin) <= set(WORDS)


def test_no_overlap_is_said_once_and_its_end_too() -> None:
    js = np.repeat([np.log(2), 0.3], 10)
    begin, end = happened(make_history(20, js=js), None)
    assert (begin.step, begin.title, begin.severity) == (30, "No overlap", "notice")
    assert "ln 2" in begin.text
    assert (end.step, end.title) == (140, "Real and fake overlap")


def test_ends_of_one_reading_are_one_event() -> None:
    """Under the title of the more important one."""
    level = np.repeat([0.7, 0.02, 0.7], 20)
    gradient = np.repeat([1.0, 1e-3, 1e-3], 20)
    history = make_history(60, d_loss=level * 2 * np.log(2), g_grad_norm=gradient, js=0.4)
    *begin, end = happened(history, None)
    assert {event.name for event in begin} == {"vanishing gradient", "D is winning"}
    assert (end.name, end.title) == ("recovered", "The gradient is back")
    assert "told where to go" in end.text and "make it a game" in end.text


def test_good_news_is_told_once() -> None:
    history = make_history(40, js=0.003, d_loss=2 * np.log(2))
    assert titles(history, None) == [(60, "Noise floor reached"), (60, "Balanced")]


# -- modes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("covered", "news"),
    [
        ([0, 0, 0], []),
        ([6, 5, 8, 7, 8, 8], [(30, "All 8 modes covered")]),  # what falls is no gain
        ([5, 6, 8, 8], [(20, "Modes gained: 6 of 8 covered"), (30, "All 8 modes covered")]),
        ([1, 1, 2, 2], [(40, "Modes gained: 2 of 8 covered")]),
        ([3, 0, 3, 0, 3, 0], []),  # never for two readings
        ([8, 7, 7, 7, 8, 7], [(10, "All 8 modes covered")]),  # one mode flickers
        (
            [8, 8, 4, 3, 3, 8],
            [
                (10, "All 8 modes covered"),
                (40, "Modes lost: 3 of 8 covered"),
                (60, "All 8 modes covered"),
            ],
        ),
        # After a loss the next one must last twice as long.
        (
            [8, 4, 4, 8, 4, 4, 4, 8, 4, 4, 4, 4],
            [
                (10, "All 8 modes covered"),
                (30, "Modes lost: 4 of 8 covered"),
                (40, "All 8 modes covered"),
                (120, "Modes lost: 4 of 8 covered"),
            ],
        ),
    ],
)
def test_gains_and_losses_of_modes(covered: list[int], news: list) -> None:
    assert [(event.step, event.title) for event in of_modes(covered)] == news


def test_modes_are_named_where_few_are_covered_or_missing() -> None:
    gained, everyone, lost = of_modes([3, 3, 8, 1, 1])
    assert (gained.name, gained.severity) == ("modes gained", "good")
    assert gained.text.endswith("Covered: modes 1, 2 and 3.")
    assert (everyone.name, everyone.severity) == ("all modes covered", "notice")
    assert "8 modes" in everyone.text
    assert (lost.name, lost.severity) == ("modes lost", "notice")
    assert lost.text.endswith("Covered: mode 1.")
    assert of_modes([6, 6])[0].text.endswith("Missing: modes 7 and 8.")
    assert of_modes([12, 12], 25)[0].text.endswith("more of the data.")  # too many to name


def test_classes_of_images_are_counted_from_0() -> None:
    counts = np.array([0, 50, 0, 90, 0, 0, 0, 0, 20, 1])
    watch = ModeWatch()
    modes = Modes(covered=3, total=10, counts=counts, images=True)
    assert watch.see(1, modes) is None
    event = watch.see(2, modes)
    assert (event.name, event.title) == ("classes gained", "Classes gained: 3 of 10 covered")
    assert event.text.endswith("Covered: classes 1, 3 and 8.")
    two = Modes(covered=1, total=2, counts=counts, images=True)  # of ten, and who knows which
    assert (two.tally, two.which()) == ("1 of 2 covered", "")


def test_modes_say_nothing_while_all_samples_hop() -> None:
    rng = np.random.default_rng(0)
    rows = 60
    counts = np.zeros((rows, 8))
    counts[np.arange(rows), np.arange(rows) % 8] = 2500
    history = make_history(rows, counts, modes=rng.integers(1, 8, rows), js=0.6, high_quality=0.4)
    found = happened(history)
    hopping = next(event.step for event in found if event.name == "mode hopping")
    told = [event.step for event in found if event.name in ("modes gained", "modes lost")]
    assert max(told, default=0) <= hopping < 10 * rows // 2


# -- when they are read ----------------------------------------------------------------------------


def busy(rows: int = 160, seed: int = 1) -> History:
    """A run with much to tell; measured at every other row."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.choice([0.02, 0.2, 0.9], rows // 20), 20)
    counts = rng.integers(0, 9, rows // 10).repeat(10)
    table = np.where(np.arange(8) < counts[:, None], 300.0, 1.0)
    measured = np.where(np.arange(rows) % 2, 1.0, np.nan)
    return make_history(
        rows,
        np.where(np.isnan(measured)[:, None], np.nan, table),
        seconds=np.arange(rows) + rng.random(rows),
        d_loss=level * 2 * np.log(2),
        js=measured * rng.choice([0.3, 0.69], rows // 20).repeat(20),
        modes=measured * counts,
        high_quality=measured * 0.5,
        d_fake=0.5 + 0.2 * np.sin(np.arange(rows)),
    )


@pytest.mark.parametrize("stride", [1, 3, 50])
def test_events_do_not_depend_on_how_often_one_looks(stride: int) -> None:
    history = busy()
    whole = happened(history)
    assert len(whole) > 8
    chronicle, found = Chronicle(), ()
    for rows in [*range(0, 160, stride), 160, 160]:
        new = chronicle.read(
            prefix(history, rows), equilibrium=EQUILIBRIUM, measures=FLOOR, modes=8
        )
        found += new
        assert chronicle.events == found
        assert all(event.step <= 10 * rows for event in new)
    assert found == whole
    assert [event.step for event in whole] == sorted(event.step for event in whole)


@pytest.mark.parametrize("keep", [0, 60, 100])
def test_a_history_that_was_cut_and_went_on_is_read_anew(keep: int) -> None:
    """Even if it is as long as before, with the same steps."""
    first, second = busy(), busy(seed=2)
    columns = {
        name: np.concatenate((values[:keep], second[name][keep:])) for name, values in first.items()
    }
    counts = np.concatenate((first.mode_counts[:keep], second.mode_counts[keep:]))
    other = History(columns, counts)
    chronicle = Chronicle()
    for history in (first, other):
        chronicle.read(history, equilibrium=EQUILIBRIUM, measures=FLOOR, modes=8)
    assert chronicle.events == happened(other) != happened(first)


def test_rows_without_measurements_are_read_now_and_then() -> None:
    d_loss = np.repeat([0.7, 0.02], 100) * 2 * np.log(2)
    (event,) = happened(make_history(200, d_loss=d_loss), None)
    assert event.name == "D is winning" and event.step in (1250, 1500)  # every 25th row
    assert happened(make_history(0)) == ()


@pytest.mark.parametrize(("quality", "severity"), [(0.9, "good"), (0.03, "notice")])
def test_all_modes_are_good_news_if_most_samples_are_good(quality: float, severity: str) -> None:
    everything = Modes(covered=8, total=8, counts=np.ones(8), images=False, quality=quality)
    event = ModeWatch().see(100, everything)
    assert event.severity == severity and f"{quality:.0%} are good" in event.text


def test_a_single_mode_makes_no_news() -> None:
    one = Modes(covered=1, total=1, counts=np.ones(1), images=False, quality=0.9)
    assert ModeWatch().see(100, one) is None
