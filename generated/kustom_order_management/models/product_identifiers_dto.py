from __future__ import annotations

from ..types import *


@define
class ProductIdentifiersDto(Undeclared):
    """What identifies the product of a line.

    Attributes:
        brand: Brand.
        category_path: Place in the shop's catalogue, segments joined by ' > '.
        color: Colour.
        global_trade_item_number: GTIN: EAN, ISBN or UPC.
        manufacturer_part_number: The maker's part number.
        size: Size.
    """

    brand: str | Unset = UNSET
    category_path: str | Unset = UNSET
    color: str | Unset = UNSET
    global_trade_item_number: str | Unset = UNSET
    manufacturer_part_number: str | Unset = UNSET
    size: str | Unset = UNSET


declare(ProductIdentifiersDto)
