"""The nine operations on orders."""

from kustom_order_management.api.orders import (
    acknowledge_order,
    append_order_shipping_info,
    cancel_order,
    extend_authorization_time as extend_endpoint,
    get_order as get_order_endpoint,
    release_remaining_authorization as release_endpoint,
    update_authorization as update_authorization_endpoint,
    update_consumer_details,
    update_merchant_references as update_references_endpoint,
)
from kustom_order_management.models import (
    MerchantOrder,
    UpdateAuthorization,
    UpdateConsumer,
    UpdateMerchantReferences,
)

from ..errors import InvalidRequest
from ..results import Done
from . import request, response
from .call import AddressLike, Amount, Call, Lines, OrderId, Shipments
from .ids import minor_units, order_uuid
from .line_checks import CheckMode


def get_order(order_id: OrderId, *, integrator: str | None = None) -> Call[MerchantOrder]:
    """Read an order with everything that has happened to it (GET order).

    The reading is tolerant: what the answer leaves out is ``None``, and what the document does
    not declare is kept. Amounts are in minor units of ``purchase_currency``.

    Args:
        order_id: the order's UUID.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``NoSuchOrder`` for an id that is not
            there.
    """
    path = order_uuid(order_id)
    kwargs = {} if integrator is None else {"klarna_integrator": integrator}
    return request.reading("getOrder", get_order_endpoint, response.order(path), path, **kwargs)


def acknowledge(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """Tell Kustom that the order has been received (POST acknowledge).

    A capture counts as an acknowledgement too (api-facts, section 6).

    Args:
        order_id: the order's UUID.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``NotAllowed`` in a state that does not
            permit it.
    """
    path = order_uuid(order_id)
    return request.writing("acknowledgeOrder", acknowledge_order, idempotency_key, path)


def cancel(order_id: OrderId, *, idempotency_key: str | None = None) -> Call[Done]:
    """Cancel the whole order (POST cancel).

    Possible only while nothing has been captured. After that, refund and release the rest.

    Args:
        order_id: the order's UUID.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``CancelNotAllowed`` once something was
            captured.
    """
    path = order_uuid(order_id)
    return request.writing("cancelOrder", cancel_order, idempotency_key, path)


def extend_authorization_time(
    order_id: OrderId, *, idempotency_key: str | None = None
) -> Call[Done]:
    """Move the order's expiry to 28 days from today (POST extend-authorization-time).

    At most 90 days after the purchase, in the states AUTHORIZED and PART_CAPTURED, for orders
    paid with Klarna and made on or after 2025-09-25, and not for purchases in ES, FR, IT and PT
    (api-facts, section 6).

    Args:
        order_id: the order's UUID.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``NotAllowed`` otherwise.
    """
    path = order_uuid(order_id)
    return request.writing("extendAuthorizationTime", extend_endpoint, idempotency_key, path)


def release_remaining_authorization(
    order_id: OrderId, *, idempotency_key: str | None = None
) -> Call[Done]:
    """Release what is authorized but not captured (POST release-remaining-authorization).

    Possible only after a partial capture (api-facts, section 6).

    Args:
        order_id: the order's UUID.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``NotAllowed`` before any capture.
    """
    path = order_uuid(order_id)
    return request.writing("releaseRemainingAuthorization", release_endpoint, idempotency_key, path)


def update_authorization(
    order_id: OrderId,
    order_amount: Amount,
    order_lines: Lines,
    *,
    description: str | None = None,
    idempotency_key: str | None = None,
    check: CheckMode = "auto",
) -> Call[Done]:
    """Set a new order total with the lines it is made of (PATCH authorization).

    The new lines replace all old ones. The total cannot go below what has been captured, and
    has to be the sum of the lines. Lines that were read from an order may be off by as much as
    the order was.

    Args:
        order_id: the order's UUID.
        order_amount: the new total in minor units of the order's currency or as Money, whose
            currency is not sent. 0 to 200,000,000.
        order_lines: the new lines, at most 1,000. Mappings are taken too.
        description: shown to the customer, at most 255 characters.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit or for
            another sum, ``NotAllowed`` below the captured amount or in a state that does not
            permit it.
    """
    path = order_uuid(order_id)
    lines = request.order_lines(order_lines)
    body = request.body_of(
        UpdateAuthorization,
        order_amount=minor_units("order_amount", order_amount),
        order_lines=lines,
        description=description,
    )
    line_check = request.LineCheck(
        "order_amount", request.currencies(order_amount, lines), check, request.difference(lines)
    )
    return request.writing(
        "updateAuthorization",
        update_authorization_endpoint,
        idempotency_key,
        path,
        body=body,
        line_check=line_check,
    )


def update_customer_details(
    order_id: OrderId, *, shipping_address: AddressLike, idempotency_key: str | None = None
) -> Call[Done]:
    """Set a new shipping address (PATCH customer-details).

    Not on cancelled or expired orders. ``""`` clears a field, and what is left out stays.

    Args:
        order_id: the order's UUID.
        shipping_address: the new address. A mapping is taken too.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
            ``NotAllowed`` in such a state.
    """
    path = order_uuid(order_id)
    body = UpdateConsumer(shipping_address=request.address("shipping_address", shipping_address))
    return request.writing(
        "updateConsumerDetails", update_consumer_details, idempotency_key, path, body=body
    )


def update_merchant_references(
    order_id: OrderId,
    *,
    merchant_reference1: str | None = None,
    merchant_reference2: str | None = None,
    idempotency_key: str | None = None,
) -> Call[Done]:
    """Set one or both of your references (PATCH merchant-references).

    Not on cancelled or expired orders. What is left out stays as it is, and ``""`` clears.

    Args:
        order_id: the order's UUID.
        merchant_reference1: your order number, shown to the customer. At most 255 characters.
        merchant_reference2: a second reference, at most 255 characters.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit or with
            nothing to update, ``NotAllowed`` in such a state.
    """
    if merchant_reference1 is None and merchant_reference2 is None:
        problem = "pass a reference ('' clears one)"
        raise InvalidRequest(
            f"update_merchant_references has nothing to update: {problem}",
            problems=(f"merchant_reference1, merchant_reference2: {problem}",),
        )
    path = order_uuid(order_id)
    body = request.body_of(
        UpdateMerchantReferences,
        merchant_reference1=merchant_reference1,
        merchant_reference2=merchant_reference2,
    )
    return request.writing(
        "updateMerchantReferences", update_references_endpoint, idempotency_key, path, body=body
    )


def add_shipping_info(
    order_id: OrderId, shipping_info: Shipments, *, idempotency_key: str | None = None
) -> Call[Done]:
    """Add shipments to an order (POST shipping-info).

    Args:
        order_id: the order's UUID.
        shipping_info: 1 to 500 shipments. Mappings are taken too.
        idempotency_key: your own key, used as it is. By default a new UUID version 4.

    Raises:
        KustomError: see :mod:`kustom_facade.errors`. ``InvalidRequest`` over a limit,
            ``NoSuchOrder``.
    """
    path = order_uuid(order_id)
    body = request.shipping_info_body(shipping_info)
    return request.writing(
        "appendOrderShippingInfo", append_order_shipping_info, idempotency_key, path, body=body
    )
