"""Schemas of the request bodies, with the published limits.

They are a copy on purpose. The facade reads the limits from `openapi.yaml`. A sandbox that read
them there too could not reveal a mistake of that reader.
"""

import re

from .schema import INT32, Integer, ListOf, Object, Pattern, Text

#: Bytes of a request body. More answers 413.
BODY_LIMIT = 1024 * 1024

_HIGHEST_AMOUNT = 200_000_000

_amount = Integer(0, _HIGHEST_AMOUNT)
_signed_amount = Integer(most=_HIGHEST_AMOUNT)  # discounts, gift cards and return fees are negative
_reference = Text(255)

# The wire has upper case, the documents lower case. An empty string clears the field.
_COUNTRY = Pattern(re.compile(r"\A([A-Za-z]{2})?\Z"), "the two letters of a country")
# The published pattern is not anchored. The empty string was recorded.
_SHIPPING_METHOD = Pattern(
    re.compile(
        r"\A\Z|PickUpStore|Home|BoxReg|BoxUnreg|PickUpPoint|Own|Postal|DHLPackstation|Digital|Undefined"
        r"|PickUpWarehouse|ClickCollect|PalletDelivery"
    ),
    "one of the published shipping methods, or empty",
)

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

ADDRESS = Object(
    {
        "attention": Text(255),
        "city": Text(200),
        "country": Text(pattern=_COUNTRY),
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

LINE = Object(
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
)

_ORDER_LINES = ListOf(LINE, most=1000)

SHIPMENT = Object(
    {
        "return_shipping_company": Text(100),
        "return_tracking_number": Text(100),
        "return_tracking_uri": Text(1024),
        "shipping_company": Text(100),
        "shipping_method": Text(pattern=_SHIPPING_METHOD),
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
        "shipping_info": ListOf(SHIPMENT, most=500),
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

CUSTOMER_DETAILS = Object({"shipping_address": ADDRESS})

MERCHANT_REFERENCES = Object({"merchant_reference1": _reference, "merchant_reference2": _reference})

SHIPPING_INFO = Object(
    {"shipping_info": ListOf(SHIPMENT, least=1, most=500)}, required=("shipping_info",)
)
