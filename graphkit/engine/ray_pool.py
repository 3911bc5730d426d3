"""The Ray pool: orders run by actors of Ray Core, on the nodes of a cluster.

Only orders and answers, a few hundred bytes of JSON each, go through Ray; data are files on storage that all
nodes share. Ray itself runs again nothing: what was lost is reported, and the engine decides.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import socket
import time
from collections import deque
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

from graphkit import __version__
from graphkit.engine.failure import described
from graphkit.engine.pool import Order, Outcome
from graphkit.engine.ranks import Rank, Ranks
from graphkit.engine.ray_ranks import Nodes, RankGroup, cpus_of_a_rank, most_ranks
from graphkit.engine.ray_workers import RayWorkers
from graphkit.engine.worker import executed
from graphkit.errors import MissingDependencyError, ParameterError, RunError, install_line
from graphkit.files.digests import without_numpy

_SETTINGS = {
    # Without these a run waits for minutes for a host whose cable was cut.
    "RAY_health_check_initial_delay_ms": "2000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "2000",
    "RAY_health_check_failure_threshold": "3",
    "RAY_grpc_client_keepalive_time_ms": "10000",
    "RAY_grpc_client_keepalive_timeout_ms": "5000",
    "RAY_USAGE_STATS_ENABLED": "0",
    # What is asked for is no GPU; without this a warning says so at each start.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""Set where they are not set; those of the cluster's own processes are set where ``ray start`` runs."""

_CONNECT_SECONDS = 10.0

_PATIENCE_SECONDS = 5.0
"""Between two looks at which nodes there are."""

_HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
"""What a client says first, and its settings: none (RFC 9113, section 3.4); a server answers with its own."""

_SETTINGS_FRAME = b"\x04"


class RayPool:
    """Actors of Ray Core, one a CPU of all nodes; an order that is alone has the threads of the largest node.

    Ranks share out all CPUs among them, and nothing else runs beside them.

    Parameters
    ----------
    address
        ``"host:port"`` of a cluster's head, ``"auto"`` for the cluster that this machine is a node of; None
        starts Ray on this machine alone.
    insecure
        Whether an address of other machines is taken although no token is asked for: whoever reaches such
        a cluster runs any code on it.
    workers
        CPUs of the Ray that is started here; None for one a core.

    Attributes
    ----------
    slots
        CPUs of all nodes; more if nodes join.

    Raises
    ------
    MissingDependencyError
        If Ray is not installed.
    ParameterError
        For an address that is none, or one of other machines without a token.
    RunError
        If no Ray answers, or one of another version.
    """

    def __init__(self, address: str | None, *, insecure: bool, workers: int | None):
        if find_spec("ray") is None:
            raise MissingDependencyError(f"the engine ray needs Ray: {install_line('ray')}")
        if address not in (None, "auto"):
            _check_address(address, insecure)
        for name, value in _SETTINGS.items():
            os.environ.setdefault(name, value)
        import ray

        self._ray: Any = ray
        self._connect(address, workers)
        if address == "auto":
            self._check_found(insecure)
        self.slots = max(1, sum(self._cpus().values()))
        self._waiting: deque[Order] = deque()
        self._workers = RayWorkers(self._ray, answered, _as_json)
        self._workers.fill(self.slots)
        self._ranks: RankGroup | None = None
        self._looked = time.monotonic()

    def check_ranks(self, ranks: Ranks) -> None:
        """Raise `ParameterError` if so many cannot run an order together, each with a CPU at least."""
        most = most_ranks(self._nodes(), 1, gpu=ranks.gpu)
        if not 1 <= ranks.count <= most:
            each = "a CPU and a GPU" if ranks.gpu else "a CPU"
            raise ParameterError(f"ranks: there is room for {most}, each with {each}; got {ranks.count}")

    def submit(self, order: Order) -> None:
        """Take an order; it waits until a CPU is free."""
        self._waiting.append(order)
        self._give_out()

    def wait(self) -> list[Outcome]:
        """Return what has ended, at least one order."""
        outcomes: list[Outcome] = []
        while not outcomes:
            of_ranks = [] if self._ranks is None else list(self._ranks.pending)
            ended, _ = self._ray.wait([*self._workers.pending, *of_ranks], timeout=_PATIENCE_SECONDS)
            outcomes += self._outcome_of_ranks([reference for reference in ended if reference in of_ranks])
            heard, again = self._workers.heard([one for one in ended if one not in of_ranks])
            outcomes += heard
            self._waiting.extendleft(reversed(again))
            self._look()
            self._give_out()
        return outcomes

    def withdraw(self) -> int:
        """Drop the orders that are not given out; return their number."""
        dropped = len(self._waiting)
        self._waiting.clear()
        return dropped

    def close(self) -> None:
        """Leave the cluster; what runs for this driver ends."""
        self._ray.shutdown()

    def _give_out(self) -> None:
        """Give out orders in their turn; others pass one that is to be alone and waits for its worker."""
        passed: deque[Order] = deque()
        while self._waiting:
            order = self._waiting[0]
            # What waits behind a worker's order does not go to another that is free before.
            if self._is_given(order, ahead=len(self._waiting) > self.slots and not passed):
                self._waiting.popleft()
            elif order.ranks is None and order.side_by_side == 1:
                passed.append(self._waiting.popleft())
            else:
                break
        self._waiting.extendleft(reversed(passed))

    def _is_given(self, order: Order, *, ahead: bool) -> bool:
        """Whether an order could be given out now; if so it was."""
        if self._ranks is not None and self._ranks.pending:
            return False
        if order.ranks is not None:
            return self._is_given_to_ranks(order, order.ranks)
        self._end_ranks()
        self._workers.fill(self.slots)
        return self._workers.take(order, self._cpus() if order.side_by_side == 1 else {}, ahead=ahead)

    def _is_given_to_ranks(self, order: Order, wanted: Ranks) -> bool:
        if not self._workers.are_idle:
            return False
        if self._ranks is None or self._ranks.ranks != wanted:
            self._workers.end()
            self._end_ranks()
            cpus = max(1, cpus_of_a_rank(self._nodes(), wanted))
            self._ranks = RankGroup(self._ray, wanted, cpus, answered)
        self._ranks.run(order, _as_json(order, self._ranks.cpus))
        return True

    def _end_ranks(self) -> None:
        if self._ranks is not None:
            self._ranks.end()
            self._ranks = None

    def _nodes(self) -> Nodes:
        """The resources of the nodes that are there."""
        return [node["Resources"] for node in self._ray.nodes() if node["Alive"]]

    def _cpus(self) -> dict[str, int]:
        """The CPUs of each node that is there, by its id."""
        return {
            node["NodeID"]: int(node["Resources"].get("CPU", 0))
            for node in self._ray.nodes()
            if node["Alive"]
        }

    def _look(self) -> None:
        """Once in a while, see which nodes have joined or are gone."""
        if time.monotonic() > self._looked + _PATIENCE_SECONDS:
            self._looked, nodes = time.monotonic(), self._cpus()
            self._workers.leave(nodes)
            self.slots = max(self.slots, sum(nodes.values()))

    def _outcome_of_ranks(self, ended: list[Any]) -> list[Outcome]:
        """The outcome of the order that ranks run, if it is known now; unless all is well they end then."""
        if self._ranks is None or not self._ranks.pending:
            return []
        heard = [self._ranks.heard(reference) for reference in ended]
        outcome = heard[-1] if heard else self._ranks.overdue(self._nodes())
        if outcome is None:
            return []
        if outcome.error is not None or outcome.lost is not None:
            self._end_ranks()
        return [outcome]

    def _connect(self, address: str | None, workers: int | None) -> None:
        common = {"log_to_driver": False, "logging_level": "ERROR", "configure_logging": False}
        try:
            if address is None:
                here = {"num_cpus": workers, "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
                self._ray.init("local", **here, **common)
            else:
                self._ray.init(address, **common)
        except (ConnectionError, TimeoutError) as error:
            raise RunError(f"no Ray answers at {address}: {_one_line(error)}") from None
        except RuntimeError as error:
            # Of another version of Ray or Python, or a token that is not the cluster's.
            raise RunError(f"Ray at {address}: {_one_line(error)}") from None

    def _check_found(self, insecure: bool) -> None:
        found = self._ray.get_runtime_context().gcs_address
        try:
            _check_security(found.rpartition(":")[0], insecure)
        except ParameterError:
            self.close()
            raise


def _as_json(order: Order, cpus: int) -> str:
    given = asdict(order) | {"threads": cpus, "graphkit": __version__}
    return json.dumps(given, default=without_numpy)


def answered(order: str, rank: Rank | None = None) -> str:
    """Run an order as Ray's workers do, alone or as a rank, from JSON to JSON."""
    given = json.loads(order)
    if given.pop("graphkit") != __version__:
        return json.dumps({"number": given["number"], "error": _other_version()})
    return json.dumps(executed(given, rank))


def _other_version() -> dict[str, Any]:
    return described(
        RunError(
            f"the node {socket.gethostname()} has graphkit {__version__}, which is not that of the "
            "driver; install the same version on all nodes"
        )
    )


def _check_address(address: str | None, insecure: bool) -> None:
    host, _, port = str(address).rpartition(":")
    if not host or not port.isdigit() or "/" in host:
        raise ParameterError(f"address must be host:port or 'auto', got {address!r}")
    _check_security(host, insecure)
    try:
        _check_answer(host, int(port))
    except OSError as error:
        reason = error.strerror or error
        raise RunError(
            f"no Ray answers at {address}: {reason}; begin a cluster with: ray start --head --port {port}"
        ) from None


def _check_answer(host: str, port: int) -> None:
    """Raise `OSError` unless what listens answers as gRPC does: Ray itself would wait for minutes."""
    with socket.create_connection((host.strip("[]"), port), _CONNECT_SECONDS) as connection:
        if os.environ.get("RAY_USE_TLS") == "1":
            return
        connection.sendall(_HTTP2_PREFACE)
        answer = connection.recv(9)
    if answer[3:4] != _SETTINGS_FRAME:
        raise OSError("what listens there speaks another protocol")


def _check_security(host: str, insecure: bool) -> None:
    if insecure or _is_loopback(host) or os.environ.get("RAY_AUTH_MODE") == "token":
        return
    raise ParameterError(
        f"Ray at {host} would take orders from anybody: begin it, and this, with RAY_AUTH_MODE=token and "
        "RAY_AUTH_TOKEN_PATH, or pass insecure=True in a network that you trust"
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return False


def _one_line(error: Exception) -> str:
    """The first line of what an error says; of versions that differ, all lines, which name them."""
    text = str(error).strip() or type(error).__name__
    return " ".join(text.split()) if text.startswith("Version mismatch") else text.splitlines()[0]
