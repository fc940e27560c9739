"""What the facade takes from the generated endpoints: ``_get_kwargs``, which is private by name.

The generator is pinned exactly because of it; this holds that every endpoint has it, with the parameters that
the facade uses, and that it builds the request that the document describes.
"""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from kustom_order_management import document, models

ORDER_ID = UUID("f3392f8b-6116-4073-ab96-e330819e2c07")

# operationId: module, further ids in the path, model of the body, header parameters.
KEY = ("klarna_idempotency_key",)
ENDPOINTS: dict[str, tuple[str, tuple[str, ...], str | None, tuple[str, ...]]] = {
    "getOrder": ("orders.get_order", (), None, ("klarna_integrator",)),
    "acknowledgeOrder": ("orders.acknowledge_order", (), None, KEY),
    "cancelOrder": ("orders.cancel_order", (), None, KEY),
    "extendAuthorizationTime": ("orders.extend_authorization_time", (), None, KEY),
    "releaseRemainingAuthorization": ("orders.release_remaining_authorization", (), None, KEY),
    "updateAuthorization": ("orders.update_authorization", (), "UpdateAuthorizationDto", KEY),
    "updateConsumerDetails": ("orders.update_consumer_details", (), "UpdateConsumerDto", KEY),
    "updateMerchantReferences": ("orders.update_merchant_references", (), "UpdateMerchantReferencesDto", KEY),
    "appendOrderShippingInfo": ("orders.append_order_shipping_info", (), "UpdateShippingInfoDto", KEY),
    "getCaptures": ("captures.get_captures", (), None, ()),
    "captureOrder": ("captures.capture_order", (), "CaptureObjectDto", KEY),
    "getCapture": ("captures.get_capture", ("capture_id",), None, ()),
    "appendShippingInfo": ("captures.append_shipping_info", ("capture_id",), "UpdateShippingInfoDto", KEY),
    "refundOrder": ("refunds.refund_order", (), "RefundObjectDto", KEY),
    "getRefund": ("refunds.get_refund", ("refund_id",), None, ()),
}
BODIES = {
    "UpdateAuthorizationDto": {"order_amount": 0, "order_lines": []},
    "UpdateConsumerDto": {"shipping_address": {"city": "", "undeclared": 1}},
    "UpdateMerchantReferencesDto": {"merchant_reference1": ""},
    "UpdateShippingInfoDto": {"shipping_info": [{"tracking_number": "0"}]},
    "CaptureObjectDto": {"captured_amount": 0, "order_lines": [{"type": "unheard-of"}]},
    "RefundObjectDto": {"refunded_amount": 1},
}


def _endpoint(name: str) -> Any:
    return import_module(f"kustom_order_management.api.{ENDPOINTS[name][0]}")


def _arguments(name: str) -> tuple[list[Any], dict[str, Any]]:
    _, ids, body, _ = ENDPOINTS[name]
    keywords = {"body": getattr(models, body).from_dict(BODIES[body])} if body else {}
    return [ORDER_ID, *(f"{one}-1" for one in ids)], keywords


def test_the_table_has_every_endpoint() -> None:
    """Every operation of the document, and every module of the bindings."""
    folder = Path(import_module("kustom_order_management.api").__path__[0])
    modules = {f"{path.parent.name}.{path.stem}" for path in folder.glob("*/*.py") if path.stem != "__init__"}
    assert ENDPOINTS.keys() == document.OPERATIONS.keys()
    assert {module for module, *_ in ENDPOINTS.values()} == modules


@pytest.mark.parametrize("name", ENDPOINTS)
def test_get_kwargs_has_the_parameters_that_the_facade_uses(name: str) -> None:
    """Ids by position, the body required by name, headers optional by name."""
    _, ids, body, headers = ENDPOINTS[name]
    parameters = inspect.signature(_endpoint(name)._get_kwargs).parameters.values()
    by_position = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    by_name = {one.name: one.default is one.empty for one in parameters if one.kind is one.KEYWORD_ONLY}
    assert by_position == ["order_id", *ids]
    assert by_name == ({"body": True} if body else {}) | dict.fromkeys(headers, False)
    assert len(parameters) == len(by_position) + len(by_name)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_get_kwargs_builds_the_request_of_the_document(name: str) -> None:
    """Method, path and body, without a header that was not asked for."""
    ids, keywords = _arguments(name)
    facts, body = document.OPERATIONS[name], ENDPOINTS[name][2]
    path = facts["path"].replace("{order_id}", str(ORDER_ID))
    for one in ENDPOINTS[name][1]:
        path = path.replace(f"{{{one}}}", f"{one}-1")
    sent = _endpoint(name)._get_kwargs(*ids, **keywords)
    assert sent.pop("method").upper() == facts["method"]
    assert sent.pop("url") == path
    assert sent.pop("json", None) == (BODIES[body] if body else None)
    assert sent.pop("headers", {}) == ({"Content-Type": "application/json"} if body else {})
    assert sent == {}


@pytest.mark.parametrize("name", [name for name, (*_, headers) in ENDPOINTS.items() if headers])
def test_get_kwargs_sends_the_header(name: str) -> None:
    """The key, or the integrator, goes out as it was given."""
    ids, keywords = _arguments(name)
    (parameter,) = ENDPOINTS[name][3]
    header = {"klarna_idempotency_key": "Klarna-Idempotency-Key", "klarna_integrator": "Klarna-Integrator"}
    sent = _endpoint(name)._get_kwargs(*ids, **keywords, **{parameter: "A b/c"})
    assert sent["headers"][header[parameter]] == "A b/c"


@pytest.mark.parametrize("name", [name for name, (_, ids, *_) in ENDPOINTS.items() if ids])
def test_an_id_stays_one_segment(name: str) -> None:
    """Slashes, question marks and the like are escaped."""
    _, keywords = _arguments(name)
    sent = _endpoint(name)._get_kwargs(ORDER_ID, "../a?b#c%d é", **keywords)
    assert "/..%2Fa%3Fb%23c%25d%20%C3%A9" in sent["url"]
