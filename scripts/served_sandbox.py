"""A sandbox with a state, in a process of its own that is killed and started again."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

Json = dict[str, Any]


class Server:
    """Serve orders with faults on, from one address and one state file.

    Attributes:
        url: The address, which stays.
        kills: How often it was killed.
    """

    def __init__(self, state: Path, seed: int, orders: list[Json], faults: list[Json]) -> None:
        self._options = ["--state", str(state), "--seed", str(seed)]
        self._faults = faults
        self._fired: Counter[str] = Counter()
        self.kills = 0
        self._process, self.url = self._start(port=0)
        self._control = httpx.Client(base_url=self.url, trust_env=False, timeout=60)
        self._control.post("/_sandbox/orders", json=orders).raise_for_status()
        self._set_faults()

    def kill(self) -> None:
        """Kill it with SIGKILL in the middle of its work, and start it again with its state."""
        self._count_faults()
        self._end_process()
        self.kills += 1
        self._process, self.url = self._start(port=httpx.URL(self.url).port or 0)
        self._set_faults()

    def orders(self) -> list[Json]:
        """Return all orders as they are."""
        orders: list[Json] = self._control.get("/_sandbox/orders").raise_for_status().json()
        return orders

    def fired(self) -> dict[str, int]:
        """Return how often faults fired, by kind. The last ones before a kill are not known."""
        self._count_faults()
        self._set_faults()
        return dict(self._fired)

    def end(self) -> None:
        """Take away the process."""
        self._control.close()
        self._end_process()

    def _end_process(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _start(self, port: int) -> tuple["subprocess.Popen[str]", str]:
        command = [sys.executable, "-m", "kustom_facade.sandbox", "--port", str(port)]
        process = subprocess.Popen(  # it ends with `end`
            [*command, *self._options], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    def _set_faults(self) -> None:
        self._control.put("/_sandbox/faults", json=self._faults).raise_for_status()

    def _count_faults(self) -> None:
        self._fired.update(
            self._control.get("/_sandbox/faults").raise_for_status().json()["counts"]
        )


@contextmanager
def served(seed: int, orders: list[Json], faults: list[Json]) -> Iterator[Server]:
    """Serve until the end of the block."""
    with TemporaryDirectory() as folder:
        server = Server(Path(folder) / "state", seed, orders, faults)
        try:
            yield server
        finally:
            server.end()
