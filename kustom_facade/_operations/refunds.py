"""The two operations on refunds."""

from kustom_order_management.api.refunds import get_refund as get_refund_endpoint, refund_order
from kustom_order_management.models import Refund, RefundObject

from ..results import Created
from . import request, response
from .call import Amount, Call, Lines, OrderId, PartId
from .ids import minor_units, order_uuid, path_segment
from .line_checks import CheckMode


def refund(
    order_id: OrderId,
    amount: Amount,
    *,
    reference: str | None = None,
    description: str | None = None,
    order_lines: Lines | None = None,
    idempotency_key: str | None = None,
    check: CheckMode = "auto",
) -> Call[Created]:
    """Refund a part or the whole of the captured amount (POST refunds).

    The vendor matches a refund to a capture by the references of its lines, when their total is
    the refunded amount (api-facts, section 6). Lines that do not add up are logged and sent,
    see ``check`` of the client.

    Args:
        order_id: the order's UUID.
        amount: what to refund, in minor units of the order's currency or as Money, whose
            currency is not sent. 0 to 200,000,000, and at most what was captured and not
            refunded yet.
        reference: your own id of the refund (a return's number), at most 255 characters.
        description: shown to the customer, at most 255 characters.
        order_lines: what the amount is for, at most 1,000 lines. Mappings are taken too.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
            ``RefundNotAllowed``. Any error with ``outcome_unknown`` may have moved the money.
    """
    path = order_uuid(order_id)
    lines = None if order_lines is None else request.order_lines(order_lines)
    body = request.body_of(
        RefundObject,
        refunded_amount=minor_units("amount", amount),
        reference=reference,
        description=description,
        order_lines=lines,
    )
    line_check = request.LineCheck("refunded_amount", request.currencies(amount, lines), check)
    return request.creating(
        "refundOrder",
        refund_order,
        "refund",
        idempotency_key,
        path,
        body=body,
        line_check=line_check,
    )


def get_refund(order_id: OrderId, refund_id: PartId) -> Call[Refund]:
    """Read one refund (GET refund).

    Args:
        order_id: the order's UUID.
        refund_id: the refund's id.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``NotFound`` for an id that is not there.
    """
    path = order_uuid(order_id), path_segment("refund_id", refund_id)
    read = response.one(Refund, order_id=path[0], refund_id=path[1])
    return request.reading("getRefund", get_refund_endpoint, read, *path)
