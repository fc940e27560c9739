from __future__ import annotations

from ..models.order_line_dto_type import OrderLineDtoType
from ..types import *

_read_type_ = reader_of(OrderLineDtoType)


@define
class OrderLineDto(Undeclared):
    """One line of an order, a capture or a refund. Amounts are in minor units and include tax; those of
    discount, gift_card and return_fee lines may be negative.

        Attributes:
            name: What the line is for.
            quantity: How many units.
            total_amount: Total of the line in minor units, with tax and discounts: quantity * unit_price -
                total_discount_amount.
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
        self.type_ = _read_type_(get("type"))
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(OrderLineDto, type_="type")

from ..models.product_identifiers_dto import ProductIdentifiersDto  # noqa: E402
