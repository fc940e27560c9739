"""The state of a served sandbox in a file: each change is on the disk before its response.

Changes are collected, and `sync` commits all of them in one transaction. The server holds its
responses until then. So a response costs a share of a transaction, and none is lost.
"""

import json
import os
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from ..api.core import Core
from ..api.order_schema import ORDER
from ..api.schema import Problems
from ..api.store import EffectIndex, KeyedResponse, State, all_effects
from ..api.wire import Json, Response
from ..clock import FARTHEST_DAYS
from .database import StateError, create, errors_name, open_alone, open_to_read, status_of

_FARTHEST = FARTHEST_DAYS * 86_400
_SAVE_EFFECT = {
    "captures": "REPLACE INTO capture_json VALUES (?, ?, ?)",
    "refunds": "REPLACE INTO refund_json VALUES (?, ?, ?)",
}
_LOAD_EFFECTS = {
    "captures": "SELECT order_id, json FROM capture_json ORDER BY order_id, number",
    "refunds": "SELECT order_id, json FROM refund_json ORDER BY order_id, number",
}
#: What values raise that are not as `_write_order` and `_write_key` write them.
_ODD_VALUES = (AttributeError, LookupError, TypeError, ValueError)
_ALL_TABLES = ("order_json", "capture_json", "refund_json", "keys")
# Unlike REPLACE it keeps the row's place among the others.
_SAVE_ORDER = (
    "INSERT INTO order_json VALUES (?, ?) ON CONFLICT (order_id) DO UPDATE SET json = excluded.json"
)


class StateFile:
    """Restore a sandbox from a file, and keep its changes there from then on.

    All of it is for one thread, from which the sandbox is served.

    Raises:
        StateError: The file is in use, is something else, is damaged, or cannot be read or
            written.
    """

    def __init__(self, path: Path, core: Core) -> None:
        self._path = Path(os.path.abspath(path))  # noqa: PTH100  resolve() would follow a link
        self._core = core
        self._forget_changes()
        with errors_name(self._path):
            status = status_of(self._path)
            if status is None or not status.st_size:
                create(self._path, status.st_mode if status else 0o600, self._fill)
            state = self._load()
            self._database = open_alone(self._path)
            try:
                self._take_over(state)
            except BaseException:  # whatever it is, the file is let go; raised again
                self._database.close()
                raise
            self._status = self._path.stat()
        core.keep_in(self)

    @property
    def is_behind(self) -> bool:
        """Return whether something is not on the disk yet."""
        return bool(
            self._is_cleared or self._orders or self._keys or self._forgotten or self._has_moved
        )

    def sync(self) -> None:
        """Write everything to the disk before returning.

        Raises:
            StateError: It cannot be written. It stays to be written by the next call.
        """
        with errors_name(self._path):
            if not os.path.samestat(self._path.stat(), self._status):
                raise StateError(f"{self._path} was replaced by another file")
            with self._database:
                self._database.execute("BEGIN IMMEDIATE")
                self._check_generation(self._generation)
                self._write_changes()
        self._forget_changes()

    def close(self) -> None:
        """Release the file for another sandbox."""
        self._database.close()

    # --- changes, as `Store` is told of them

    def save_order(self, order: Json, changed: Iterable[EffectIndex]) -> None:
        """Implement `Store`."""
        _, effects = self._orders.setdefault(order["order_id"], (order, {}))
        effects.update(dict.fromkeys(changed))

    def save_key(self, keyed: KeyedResponse) -> None:
        """Implement `Store`."""
        place = _place(keyed)
        self._keys.pop(place, None)  # re-insert, so that the oldest key stays first
        self._keys[place] = keyed
        self._forgotten.discard(place)

    def forget_key(self, keyed: KeyedResponse) -> None:
        """Implement `Store`."""
        place = _place(keyed)
        self._keys.pop(place, None)
        self._forgotten.add(place)

    def save_clock(self, moved: float) -> None:
        """Implement `Store`."""
        self._moved, self._has_moved = moved, True

    def clear(self) -> None:
        """Implement `Store`."""
        self._forget_changes()
        self._is_cleared = True
        self.save_clock(0.0)

    def _forget_changes(self) -> None:
        self._is_cleared = self._has_moved = False
        self._orders: dict[str, tuple[Json, dict[EffectIndex, None]]] = {}
        self._keys: dict[tuple[str, ...], KeyedResponse] = {}
        self._forgotten: set[tuple[str, ...]] = set()

    # --- writing

    def _fill(self, database: sqlite3.Connection) -> None:
        state = self._core.state()
        database.execute("INSERT INTO sandbox VALUES (?, ?)", (state.generation, state.moved))
        for order in state.orders:
            _write_order(database, order, all_effects(order))
        for keyed in state.keys:
            _write_key(database, keyed)

    def _take_over(self, state: State) -> None:
        self._generation = state.generation + 1
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._check_generation(state.generation)
            self._database.execute("UPDATE sandbox SET generation = ?", (self._generation,))
        self._core.restore(State(self._generation, state.moved, state.orders, state.keys))

    def _check_generation(self, expected: int) -> None:
        """Refuse to write if another sandbox has opened the file since."""
        if self._database.execute("SELECT generation FROM sandbox").fetchone() != (expected,):
            raise StateError(f"{self._path} was taken over by another sandbox")

    def _write_changes(self) -> None:
        if self._is_cleared:
            for table in _ALL_TABLES:
                self._database.execute(f"DELETE FROM {table}")  # noqa: S608  a name of our own
        if self._has_moved:
            self._database.execute("UPDATE sandbox SET clock_moved = ?", (self._moved,))
        for order, effects in self._orders.values():
            _write_order(self._database, order, effects)
        self._database.executemany(
            "DELETE FROM keys WHERE key = ? AND operation = ? AND order_id = ?", self._forgotten
        )
        for keyed in self._keys.values():
            _write_key(self._database, keyed)

    # --- reading

    def _load(self) -> State:
        with open_to_read(self._path) as database:
            try:
                return _state(database)
            except (*_ODD_VALUES, _Unsound, sqlite3.OperationalError) as error:
                raise StateError(f"{self._path} is damaged: {error}") from error


def _place(keyed: KeyedResponse) -> tuple[str, ...]:
    return keyed.key, keyed.operation, keyed.order_id


def _write_order(database: sqlite3.Connection, order: Json, effects: Iterable[EffectIndex]) -> None:
    order_id = order["order_id"]
    alone = order | {"captures": [], "refunds": []}  # which have tables of their own
    database.execute(_SAVE_ORDER, (order_id, _text(alone)))
    for kind, index in effects:
        row = (order_id, index + 1, _text(order[kind][index]))
        database.execute(_SAVE_EFFECT[kind], row)


def _write_key(database: sqlite3.Connection, keyed: KeyedResponse) -> None:
    response = keyed.response
    # REPLACE makes it the last row, as it is the newest.
    database.execute(
        "REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *_place(keyed),
            keyed.at.isoformat(),
            response.status,
            _text(response.headers),
            response.body.decode(),
        ),
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Unsound(Exception):
    """Report what of a file cannot be restored."""


def _state(database: sqlite3.Connection) -> State:
    ((generation, moved),) = database.execute("SELECT generation, clock_moved FROM sandbox")
    if not (isinstance(generation, int) and isinstance(moved, float) and 0 <= moved <= _FARTHEST):
        raise _Unsound("the clock cannot be set")
    orders = {
        order_id: json.loads(text)
        for order_id, text in database.execute("SELECT * FROM order_json ORDER BY rowid")
    }
    for kind, query in _LOAD_EFFECTS.items():
        for order_id, text in database.execute(query):
            orders[order_id][kind].append(json.loads(text))
    for order_id, order in orders.items():
        problems = Problems()
        ORDER.read(order, "", problems)
        if problems or order["order_id"] != order_id:
            raise _Unsound(f"order {order_id} cannot be restored")
    keys = [_keyed(row) for row in database.execute("SELECT * FROM keys ORDER BY rowid")]
    return State(generation, moved, list(orders.values()), keys)


def _keyed(row: tuple[Any, ...]) -> KeyedResponse:
    key, operation, order_id, at, status, headers, body = row
    match datetime.fromisoformat(at), status, json.loads(headers):
        case datetime(tzinfo=zone) as moment, int(), [*pairs] if (
            zone and 200 <= status <= 599 and all(map(_is_header, pairs))
        ):
            response = Response(status, tuple((name, text) for name, text in pairs), body.encode())
            return KeyedResponse(key, operation, order_id, moment, response)
    raise _Unsound(f"the answer of key {key} cannot be restored")


def _is_header(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
