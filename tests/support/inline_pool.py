"""Orders run at once, in this process: what tests use where processes are not the point."""

import json
from dataclasses import asdict

from graphkit.engine.pool import Outcome
from graphkit.engine.worker import executed


class InlinePool:
    """Runs an order when it is waited for."""

    def __init__(self, slots):
        self.slots = slots
        self._orders = []

    def submit(self, order):
        self._orders.append(json.dumps(asdict(order)))

    def wait(self):
        return [Outcome(**json.loads(json.dumps(executed(json.loads(self._orders.pop(0))))))]

    def withdraw(self):
        count = len(self._orders)
        self._orders.clear()
        return count

    def close(self):
        pass
