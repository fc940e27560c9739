from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from attrs import define

from ..models.order_line_type import OrderLineType
from ..types import Model, read, register_fields, undeclared


@define(repr=False)
class OrderLine(Model):
    """One line of an order, a capture or a refund. Amounts are in minor units and include tax;
    those of discount, gift_card and return_fee lines may be negative.

    A field without a default is required in a request; one that an answer lacks reads as None.

    Attributes:
        name: What the line is for.
        quantity: How many units.
        total_amount: Total of the line in minor units, with tax and discounts: quantity *
            unit_price - total_discount_amount.
        unit_price: Price of one unit in minor units, with tax, before discounts.
        image_url: Picture of the item.
        merchant_data: Free text for the merchant's own use.
        product_identifiers: What identifies the product of a line.
        product_url: Page of the item.
        quantity_unit: What one unit is.
        reference: Article number or the like.
        tax_rate: Tax rate in percent with two implicit decimals: 2500 is 25 %.
        total_discount_amount: Discount on the whole line in minor units, with tax.
        total_tax_amount: Tax contained in total_amount, in minor units.
        type_: Kind of line.
    """

    name: str
    quantity: int
    total_amount: int
    unit_price: int
    image_url: str | None = None
    merchant_data: str | None = None
    product_identifiers: ProductIdentifiers | None = None
    product_url: str | None = None
    quantity_unit: str | None = None
    reference: str | None = None
    tax_rate: int | None = None
    total_discount_amount: int | None = None
    total_tax_amount: int | None = None
    type_: OrderLineType | None = None

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read JSON data, tolerantly."""
        get: Callable[[str], Any] = src_dict.get  # None also for a required field
        self = cls.__new__(cls)
        self.name = get("name")
        self.quantity = get("quantity")
        self.total_amount = get("total_amount")
        self.unit_price = get("unit_price")
        self.image_url = get("image_url")
        self.merchant_data = get("merchant_data")
        self.product_identifiers = read(get("product_identifiers"), ProductIdentifiers.from_dict)
        self.product_url = get("product_url")
        self.quantity_unit = get("quantity_unit")
        self.reference = get("reference")
        self.tax_rate = get("tax_rate")
        self.total_discount_amount = get("total_discount_amount")
        self.total_tax_amount = get("total_tax_amount")
        self.type_ = OrderLineType.read(get("type"))
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else undeclared(src_dict, _DECLARED)
        )
        self.origin = None
        return self


_DECLARED = register_fields(OrderLine, type_="type")

from ..models.product_identifiers import ProductIdentifiers  # noqa: E402
