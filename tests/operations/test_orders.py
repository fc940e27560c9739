"""What only the operations on orders have."""

import pytest
from support import ORDER

from kustom_facade import InvalidRequest
from kustom_facade._operations import orders as operations


def test_an_update_of_nothing_is_refused() -> None:
    """It would be sent as an empty object and change nothing."""
    with pytest.raises(InvalidRequest, match="nothing to update"):
        operations.update_merchant_references(ORDER)
    with pytest.raises(InvalidRequest, match="nothing to update"):
        operations.update_merchant_references(ORDER, merchant_reference1=None)  # as out of a model


def test_the_integrator_is_sent_on_reading_an_order() -> None:
    """The header exists on this operation only."""
    assert operations.get_order(ORDER, integrator="Shop").request.headers == {
        "Klarna-Integrator": "Shop"
    }
    assert operations.get_order(ORDER).request.headers == {}
