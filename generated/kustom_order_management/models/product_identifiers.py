from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class ProductIdentifiers(Model):
    """What identifies the product of a line.

    Attributes:
        brand: Brand.
        category_path: Place in the shop's catalogue, segments joined by ' > '.
        color: Colour.
        global_trade_item_number: GTIN: EAN, ISBN or UPC.
        manufacturer_part_number: The maker's part number.
        size: Size.
    """

    brand: str | None = None
    category_path: str | None = None
    color: str | None = None
    global_trade_item_number: str | None = None
    manufacturer_part_number: str | None = None
    size: str | None = None


register_fields(ProductIdentifiers)
