"""Ids that repeat with the seed."""

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Clock, Sandbox

from ..api_client import START, client_of


def test_the_same_seed_gives_the_same_ids() -> None:
    """Reads in between change nothing about the ids. Another seed gives others."""

    def ids(seed: int, *, reads: int) -> list[str]:
        api = client_of(Sandbox(seed=seed, clock=Clock(START)))
        for _ in range(reads):
            api.order()
        effects = [api.capture(1).headers["capture-id"], api.refund(1).headers["refund-id"]]
        return [*effects, api.order()["klarna_reference"]]

    assert ids(1, reads=0) == ids(1, reads=3)
    assert not set(ids(1, reads=0)) & set(ids(2, reads=0))
    assert EXAMPLE_ORDER_ID not in ids(1, reads=0)
