"""Measure the contenders of one part of a case: first the check, then repeats in turn, A B A B."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import peers
from contender import Contender, Reply, Session

Sessions = dict[str, Session]
Values = dict[str, list[float]]
"""One contender's measurements: quantity (its unit at the end of the name) to the values."""


class CheckFailed(Exception):
    """A contender's result is wrong, so its time means nothing."""


@dataclass(frozen=True)
class Part:
    """One table's worth of a case: contenders that do the same work on the same input.

    Attributes
    ----------
    name
        What is measured, as the tables say it.
    contenders
        The baseline of the ratios is graphkit, the first one.
    request
        The measured work, over the contenders' own parameters.
    check
        Runs the work through the sessions, raises CheckFailed when a result is wrong, and returns what else
        it measured, such as a quality, by contender. It is the warm-up as well.
    check_request
        The work that is checked; None for the measured one. A check that is too large to hold all contenders
        at once names a smaller input here.
    apart
        Each repeat in a process of its own, one at a time, warmed up with `check_request`: for work that
        fills the memory.
    facts
        What the contenders' runners say about a result that must be the same for all of them, each time.
    quantities
        What is reported of each run.
    max_peak_mb
        What graphkit's process may take at most.
    """

    name: str
    contenders: list[Contender]
    request: dict[str, Any]
    check: Callable[[Sessions, dict[str, Any]], dict[str, Values]]
    check_request: dict[str, Any] | None = None
    apart: bool = False
    facts: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ("seconds", "peak_mb")
    max_peak_mb: float = float("inf")


@dataclass(frozen=True)
class Measurement:
    """What one contender did in one part."""

    part: str
    contender: str
    values: Values
    versions: dict[str, str]

    def median(self, quantity: str) -> float:
        return statistics.median(self.values[quantity])


def measure(part: Part, repeats: int, threads: int) -> list[Measurement]:
    """Check `part`, then time every contender `repeats` times."""
    checked = part.request if part.check_request is None else part.check_request
    with _sessions(part, threads) as sessions:
        qualities = part.check(sessions, checked)
        in_check = {name: session.last for name, session in sessions.items()}
        if not part.apart:
            rounds = [_round(part, sessions, number) for number in range(repeats)]
    if part.apart:
        rounds = [_round_apart(part, threads, number) for number in range(repeats)]
    for replies in rounds:
        _check_agreement(part, replies)
    return [
        _measurement(part, c, _replies(c, rounds) or [in_check[c.name]], qualities) for c in part.contenders
    ]


@contextlib.contextmanager
def _sessions(part: Part, threads: int) -> Iterator[Sessions]:
    with contextlib.ExitStack() as stack:
        yield {c.name: stack.enter_context(Session(c, threads)) for c in part.contenders}


def _round(part: Part, sessions: Sessions, number: int) -> dict[str, Reply]:
    taking_part = [c.name for c in part.contenders if c.takes_part(number)]
    return {name: sessions[name].ask(**part.request) for name in taking_part}


def _round_apart(part: Part, threads: int, number: int) -> dict[str, Reply]:
    return {c.name: _alone(c, part, threads) for c in part.contenders if c.takes_part(number)}


def _replies(contender: Contender, rounds: list[dict[str, Reply]]) -> list[Reply]:
    return [replies[contender.name] for replies in rounds if contender.name in replies]


def _alone(contender: Contender, part: Part, threads: int) -> Reply:
    with Session(contender, threads) as session:
        session.ask(**(part.check_request or {}))
        return session.ask(**part.request)


def _measurement(
    part: Part, contender: Contender, replies: list[Reply], qualities: dict[str, Values]
) -> Measurement:
    timed = {quantity: [float(reply[quantity]) for reply in replies] for quantity in part.quantities}
    values = timed | qualities.get(contender.name, {})
    return Measurement(part.name, contender.name, values, replies[-1]["versions"])


def _check_agreement(part: Part, replies: dict[str, Reply]) -> None:
    for fact in part.facts:
        found = {name: reply[fact] for name, reply in replies.items()}
        if len(set(found.values())) > 1:
            raise CheckFailed(f"{part.name}: the contenders disagree on {fact}: {found}")
    for contender in part.contenders:
        if contender.name not in replies:
            continue
        if contender.peer == peers.GRAPHKIT and replies[contender.name]["peak_mb"] > part.max_peak_mb:
            raise CheckFailed(f"{part.name}: {contender.name} took more than {part.max_peak_mb:,.0f} MB")
