"""The last exchanges: the oldest go first."""

from datetime import UTC, datetime

from kustom_facade.sandbox.api import history
from kustom_facade.sandbox.api.history import History
from kustom_facade.sandbox.api.wire import Exchange, Request, Response

_AT = datetime(2026, 3, 2, tzinfo=UTC)


def _exchange(number: int, size: int = 0) -> Exchange:
    third = b"x" * (size // 3)
    request = Request("POST", "http://localhost", f"/{number}", body=third)
    return Exchange(_AT, request, Response(200, (), third), "lose", Response(200, (), third))


def _numbers(history: History) -> list[int]:
    return [int(exchange.request.path[1:]) for exchange in history]


def test_it_is_bounded_by_number() -> None:
    """The newest stay."""
    remembered = History(3)
    for number in range(10):
        remembered.add(_exchange(number))
    assert _numbers(remembered) == [7, 8, 9]
    remembered.clear()
    assert _numbers(remembered) == []


def test_it_is_bounded_by_the_size_of_its_bodies() -> None:
    """However many are allowed. One that is too large on its own is still the last one."""
    remembered = History(1000)
    for number in range(40):
        remembered.add(_exchange(number, 3_000_000))
    assert _numbers(remembered) == [35, 36, 37, 38, 39]
    remembered.add(_exchange(40, 2 * history.MOST_BYTES))
    assert _numbers(remembered) == [40]
    for number in (41, 42):
        remembered.add(_exchange(number, 3))
    assert _numbers(remembered) == [41, 42]
    remembered.clear()
    remembered.add(_exchange(43, history.MOST_BYTES - 3_000_000))
    remembered.add(_exchange(44, 2_000_000))
    assert _numbers(remembered) == [43, 44]
