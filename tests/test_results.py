"""Results, errors, models and money cross process borders."""

import copy
import pickle
from collections.abc import Callable

import pytest
from exactly_once.network import ID, ONCE, FaultyTransport, lost
from support import Client

from kustom_facade import ConnectionFailed, Money, ReferenceConflict
from kustom_facade.sandbox import Sandbox


@pytest.mark.usefixtures("fresh_guard")
def test_results_errors_models_and_money_cross_process_borders(
    connect: Callable[..., Client],
) -> None:
    """Equal after pickling, with the key on every error."""
    network = FaultyTransport(Sandbox())
    network.before = [lost]
    client = connect(transport=network, retry=ONCE)
    with pytest.raises(ConnectionFailed) as unknown:
        client.ensure_capture(ID, 100, reference="a")
    created = client.ensure_capture(ID, 100, reference="a")
    with pytest.raises(ReferenceConflict) as conflict:
        client.ensure_capture(ID, 101, reference="a")
    things = [
        unknown.value,
        conflict.value,
        created,
        client.ensure_capture(ID, 100, reference="a"),
        client.void(ID),
        client.get_order(ID),
        client.list_captures(ID),
        Money(1, "SEK"),
    ]
    for thing in things:
        again = pickle.loads(pickle.dumps(thing))  # noqa: S301  # our own bytes
        assert again == thing
        assert type(again) is type(thing)
        assert copy.deepcopy(thing) == thing
    assert pickle.loads(pickle.dumps(unknown.value)).idempotency_key == created.idempotency_key  # noqa: S301  # as above
