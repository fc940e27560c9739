"""What the request bodies of the API may hold: the sandbox's own copy of the published limits.

It is a copy on purpose: the facade reads the limits from `openapi.yaml`, and a stand-in that took them from the
same place could not find out that the facade took them over wrongly.
"""

from ._schema import INT32, Integer, ListOf, Object, Text

_HIGHEST_AMOUNT = 200_000_000

_amount = Integer(0, _HIGHEST_AMOUNT)
_signed_amount = Integer(most=_HIGHEST_AMOUNT)  # discounts, gift cards and return fees are negative
_reference = Text(255)

_LINE_TYPES = frozenset(
    {
        "digital",
        "discount",
        "gift_card",
        "package",
        "physical",
        "return_fee",
        "sales_tax",
        "shipping_fee",
        "store_credit",
        "surcharge",
    }
)

_ADDRESS = Object(
    {
        "attention": Text(255),
        "city": Text(200),
        "country": Text(),
        "email": Text(100),
        "family_name": Text(100),
        "given_name": Text(100),
        "organization_name": Text(255),
        "phone": Text(100),
        "postal_code": Text(10),
        "region": Text(200),
        "street_address": Text(100),
        "street_address2": Text(100),
        "title": Text(20),
    }
)

_PRODUCT_IDENTIFIERS = Object(
    {
        "brand": Text(70),
        "category_path": Text(750),
        "color": Text(64),
        "global_trade_item_number": Text(50),
        "manufacturer_part_number": Text(70),
        "size": Text(64),
    }
)

_ORDER_LINES = ListOf(
    Object(
        {
            "reference": _reference,
            "type": Text(words=_LINE_TYPES),
            "quantity": Integer(0),
            "quantity_unit": Text(10),
            "name": Text(255),
            "total_amount": _signed_amount,
            "unit_price": _signed_amount,
            "total_discount_amount": _amount,
            "tax_rate": Integer(0, INT32),
            "total_tax_amount": _signed_amount,
            "image_url": Text(1024),
            "merchant_data": Text(1024),
            "product_identifiers": _PRODUCT_IDENTIFIERS,
            "product_url": Text(1024),
        },
        required=("name", "quantity", "total_amount", "unit_price"),
    ),
    most=1000,
)

_SHIPMENT = Object(
    {
        "return_shipping_company": Text(100),
        "return_tracking_number": Text(100),
        "return_tracking_uri": Text(1024),
        "shipping_company": Text(100),
        # Not checked against the published names: they are an unanchored pattern, and "" was recorded too.
        "shipping_method": Text(),
        "tracking_number": Text(100),
        "tracking_uri": Text(1024),
    }
)

CAPTURE = Object(
    {
        "captured_amount": _amount,
        "description": Text(255),
        "order_lines": _ORDER_LINES,
        "reference": _reference,
        "shipping_delay": Integer(0),
        "shipping_info": ListOf(_SHIPMENT, most=500),
    },
    required=("captured_amount",),
)

REFUND = Object(
    {
        "refunded_amount": _amount,
        "description": Text(255),
        "order_lines": _ORDER_LINES,
        "reference": _reference,
    },
    required=("refunded_amount",),
)

AUTHORIZATION = Object(
    {"order_amount": _amount, "order_lines": _ORDER_LINES, "description": Text(255)},
    required=("order_amount", "order_lines"),
)

CUSTOMER_DETAILS = Object({"shipping_address": _ADDRESS})

MERCHANT_REFERENCES = Object({"merchant_reference1": _reference, "merchant_reference2": _reference})

SHIPPING_INFO = Object({"shipping_info": ListOf(_SHIPMENT, least=1, most=500)}, required=("shipping_info",))

_id, _any = Text(), Object({})
_some_lines = ListOf(Object({"total_amount": Integer()}, required=("total_amount",)), most=10_000)
_some_shipments = ListOf(_any, most=10_000)

# What has to be right in an order that somebody brings; the rest is kept as it is.
ORDER = Object(
    {
        **dict.fromkeys(("created_at", "expires_at", "fraud_status", "klarna_reference"), _id),
        **dict.fromkeys(("locale", "order_id", "purchase_country", "purchase_currency"), _id),
        **dict.fromkeys(("order_amount", "original_order_amount", "captured_amount"), Integer(0)),
        **dict.fromkeys(("refunded_amount", "remaining_authorized_amount"), Integer(0)),
        **dict.fromkeys(("billing_address", "shipping_address", "initial_payment_method"), _any),
        "status": Text(
            words=frozenset({"AUTHORIZED", "PART_CAPTURED", "CAPTURED", "CANCELLED", "EXPIRED", "CLOSED"})
        ),
        "order_lines": _some_lines,
        "shipping_info": _some_shipments,
        "captures": ListOf(
            Object(
                {
                    "capture_id": _id,
                    "captured_amount": Integer(0),
                    "refunded_amount": Integer(0),
                    "order_lines": _some_lines,
                    "shipping_info": _some_shipments,
                }
            ),
            most=10_000,
        ),
        "refunds": ListOf(
            Object({"refund_id": _id, "refunded_amount": Integer(0), "order_lines": _some_lines}),
            most=10_000,
        ),
    }
)
