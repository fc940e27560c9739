"""Nothing of the document is lost in the output, and nothing is added."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from codegen.bindings import examine
from codegen.counterparts import require_counterparts
from codegen.document import RegenerationError
from codegen_support import ROOT


@pytest.fixture(scope="module")
def found(normalized: dict[str, Any], built_bindings: Path) -> Any:
    """Return what the trial of the bindings finds."""
    return examine(ROOT, built_bindings.parent, normalized)


def test_the_output_is_complete(normalized: dict[str, Any], found: Any) -> None:
    """Nothing to refuse in what the generator makes of the document today."""
    require_counterparts(normalized, found)


def _drop(*path: str) -> Callable[[Any], None]:
    def change(found: Any) -> None:
        for step in path[:-1]:
            found = found[step]
        del found[path[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_drop("endpoints", "refunds.refund_order"), "operation refundOrder is not there"),
        (_drop("models", "OrderLine"), "schema OrderLineDto is not there"),
        (_drop("models", "OrderLine", "wire", "name"), "field 'name' of schema OrderLineDto"),
        (
            _drop("models", "OrderLineType", "members", "PACKAGE"),
            "value 'package' of schema OrderLineDtoType",
        ),
        (
            lambda found: found["endpoints"]["refunds.refund_order"]["sent"]["header"].clear(),
            "parameter Klarna-Idempotency-Key of POST",
        ),
        (
            lambda found: found["endpoints"]["refunds.refund_order"].update(body=None),
            "the body of POST",
        ),
        (
            lambda found: found["limits"]["RefundObject"]["properties"]["reference"].clear(),
            "refundOrder.reference: maxLength 255 is declared or checked, and not both",
        ),
        (
            lambda found: found["limits"]["OrderLine"]["properties"]["name"].update(maxLength=9),
            ".order_lines[].name: maxLength 9 is declared or checked, and not both",
        ),
        (
            lambda found: found["limits"]["OrderLine"]["required"].remove("name"),
            ".order_lines[]: required name is declared or checked, and not both",
        ),
        (
            lambda found: found["problems"].append("a module cannot be imported"),
            "a module cannot be imported",
        ),
    ],
)
def test_what_is_lost_or_added_is_named(
    normalized: dict[str, Any], found: Any, change: Callable[[Any], None], problem: str
) -> None:
    """An operation, parameter, body, class, field, value or limit."""
    other = deepcopy(found)
    change(other)
    with pytest.raises(RegenerationError) as refusal:
        require_counterparts(normalized, other)
    assert problem in str(refusal.value)


def test_an_operation_with_another_method_is_not_the_same(
    normalized: dict[str, Any], found: Any
) -> None:
    """A module for GET is no counterpart of a PUT on the same path."""
    more = deepcopy(normalized)
    more["paths"]["/ordermanagement/v1/orders/{order_id}"]["put"] = {
        "operationId": "putOrder",
        "parameters": [],
        "responses": {},
    }
    with pytest.raises(RegenerationError, match="operation putOrder is not there"):
        require_counterparts(more, found)
