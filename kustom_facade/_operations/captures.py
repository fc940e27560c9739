"""The four operations on captures."""

from kustom_order_management.api.captures import (
    append_shipping_info,
    capture_order,
    get_capture as get_capture_endpoint,
    get_captures,
)
from kustom_order_management.models import Capture, CaptureObject

from ..results import Created, Done
from . import request, response
from .call import Amount, Call, Lines, OrderId, PartId, Shipments
from .ids import minor_units, order_uuid, path_segment
from .line_checks import CheckMode


def list_captures(order_id: OrderId) -> Call[list[Capture]]:
    """Read all captures of an order (GET captures).

    Args:
        order_id: the order's UUID.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``NoSuchOrder`` for an id that is not
            there.
    """
    path = order_uuid(order_id)
    return request.reading("getCaptures", get_captures, response.many(Capture, order_id=path), path)


def capture(
    order_id: OrderId,
    amount: Amount,
    *,
    reference: str | None = None,
    description: str | None = None,
    order_lines: Lines | None = None,
    shipping_info: Shipments | None = None,
    shipping_delay: int | None = None,
    idempotency_key: str | None = None,
    check: CheckMode = "auto",
) -> Call[Created]:
    """Capture a part or the whole of the authorized amount, when the goods ship (POST
    captures).

    The status must be AUTHORIZED or PART_CAPTURED and the fraud status ACCEPTED (api-facts,
    section 6). Lines that do not add up are logged and sent, see ``check`` of the client.

    Args:
        order_id: the order's UUID.
        amount: what to capture, in minor units of the order's currency or as Money, whose
            currency is not sent. 0 to 200,000,000, and at most the remaining authorized amount.
        reference: your own id of the capture (a shipment's number), at most 255 characters.
        description: shown to the customer, at most 255 characters.
        order_lines: what the amount is for, at most 1,000 lines. Mappings are taken too.
        shipping_info: how the goods are shipped, at most 500 shipments. Mappings are taken too.
        shipping_delay: days until the goods ship. Above 0 only where the account allows it.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
            ``CaptureNotAllowed``. Any error with ``outcome_unknown`` may have moved the money.
    """
    path = order_uuid(order_id)
    lines = None if order_lines is None else request.order_lines(order_lines)
    body = request.body_of(
        CaptureObject,
        captured_amount=minor_units("amount", amount),
        reference=reference,
        description=description,
        order_lines=lines,
        shipping_info=None if shipping_info is None else request.shipments(shipping_info),
        shipping_delay=shipping_delay,
    )
    line_check = request.LineCheck("captured_amount", request.currencies(amount, lines), check)
    return request.creating(
        "captureOrder",
        capture_order,
        "capture",
        idempotency_key,
        path,
        body=body,
        line_check=line_check,
    )


def get_capture(order_id: OrderId, capture_id: PartId) -> Call[Capture]:
    """Read one capture (GET capture).

    Args:
        order_id: the order's UUID.
        capture_id: the capture's id.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``NotFound`` for an id that is not there.
    """
    path = order_uuid(order_id), path_segment("capture_id", capture_id)
    read = response.one(Capture, order_id=path[0], capture_id=path[1])
    return request.reading("getCapture", get_capture_endpoint, read, *path)


def add_capture_shipping_info(
    order_id: OrderId,
    capture_id: PartId,
    shipping_info: Shipments,
    *,
    idempotency_key: str | None = None,
) -> Call[Done]:
    """Add shipments to a capture (POST shipping-info of the capture).

    Args:
        order_id: the order's UUID.
        capture_id: the capture's id.
        shipping_info: 1 to 500 shipments. Mappings are taken too.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
            ``NotAllowed``, ``NotFound``.
    """
    return request.writing(
        "appendShippingInfo",
        append_shipping_info,
        idempotency_key,
        order_uuid(order_id),
        path_segment("capture_id", capture_id),
        body=request.shipping_info_body(shipping_info),
    )
