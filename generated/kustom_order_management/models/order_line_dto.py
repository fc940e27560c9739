from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.order_line_dto_type import OrderLineDtoType
from ..types import (
    ABSENT,
    UNSET,
    Undeclared,
    Unset,
    new,
    read,
    read_undeclared,
    write_fields,
)

_DECLARED = frozenset(
    (
        "name",
        "quantity",
        "total_amount",
        "unit_price",
        "image_url",
        "merchant_data",
        "product_identifiers",
        "product_url",
        "quantity_unit",
        "reference",
        "tax_rate",
        "total_discount_amount",
        "total_tax_amount",
        "type",
    )
)


@_attrs_define
class OrderLineDto(Undeclared):
    """One line of an order, a capture or a refund. Amounts are in minor units and include tax; those of
    discount, gift_card and return_fee lines may be negative.

        Attributes:
            name (str): What the line is for.
            quantity (int): How many units.
            total_amount (int): Total of the line in minor units, with tax and discounts: quantity * unit_price
                - total_discount_amount.
            unit_price (int): Price of one unit in minor units, with tax, before discounts.
            image_url (str | Unset): Picture of the item.
            merchant_data (str | Unset): Free text for the merchant's own use.
            product_identifiers (ProductIdentifiersDto | Unset): What identifies the product of a line.
            product_url (str | Unset): Page of the item.
            quantity_unit (str | Unset): What one unit is.
            reference (str | Unset): Article number or the like.
            tax_rate (int | Unset): Tax rate in percent with two implicit decimals: 2500 is 25 %.
            total_discount_amount (int | Unset): Discount on the whole line in minor units, with tax.
            total_tax_amount (int | Unset): Tax contained in total_amount, in minor units.
            type_ (OrderLineDtoType | Unset): Kind of line.
    """

    name: str
    quantity: int
    total_amount: int
    unit_price: int
    image_url: str | Unset = UNSET
    merchant_data: str | Unset = UNSET
    product_identifiers: ProductIdentifiersDto | Unset = UNSET
    product_url: str | Unset = UNSET
    quantity_unit: str | Unset = UNSET
    reference: str | Unset = UNSET
    tax_rate: int | Unset = UNSET
    total_discount_amount: int | Unset = UNSET
    total_tax_amount: int | Unset = UNSET
    type_: OrderLineDtoType | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(factory=dict, kw_only=True)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.name = ABSENT if (value := get("name")) is None else value
        self.quantity = ABSENT if (value := get("quantity")) is None else value
        self.total_amount = ABSENT if (value := get("total_amount")) is None else value
        self.unit_price = ABSENT if (value := get("unit_price")) is None else value
        self.image_url = ABSENT if (value := get("image_url")) is None else value
        self.merchant_data = ABSENT if (value := get("merchant_data")) is None else value
        self.product_identifiers = read(get("product_identifiers"), ProductIdentifiersDto.from_dict)
        self.product_url = ABSENT if (value := get("product_url")) is None else value
        self.quantity_unit = ABSENT if (value := get("quantity_unit")) is None else value
        self.reference = ABSENT if (value := get("reference")) is None else value
        self.tax_rate = ABSENT if (value := get("tax_rate")) is None else value
        self.total_discount_amount = ABSENT if (value := get("total_discount_amount")) is None else value
        self.total_tax_amount = ABSENT if (value := get("total_tax_amount")) is None else value
        self.type_ = OrderLineDtoType.read(get("type"))
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self

    def to_dict(self) -> dict[str, Any]:
        return write_fields(
            {
                "name": self.name,
                "quantity": self.quantity,
                "total_amount": self.total_amount,
                "unit_price": self.unit_price,
                "image_url": self.image_url,
                "merchant_data": self.merchant_data,
                "product_identifiers": self.product_identifiers,
                "product_url": self.product_url,
                "quantity_unit": self.quantity_unit,
                "reference": self.reference,
                "tax_rate": self.tax_rate,
                "total_discount_amount": self.total_discount_amount,
                "total_tax_amount": self.total_tax_amount,
                "type": self.type_,
            },
            self.additional_properties,
        )


from ..models.product_identifiers_dto import ProductIdentifiersDto  # noqa: E402
