from ..types import OpenStrEnum


class OrderLineType(OpenStrEnum):
    """Known values; the API may send others, see ``OpenStrEnum``."""

    DIGITAL = "digital"
    DISCOUNT = "discount"
    GIFT_CARD = "gift_card"
    PACKAGE = "package"
    PHYSICAL = "physical"
    RETURN_FEE = "return_fee"
    SALES_TAX = "sales_tax"
    SHIPPING_FEE = "shipping_fee"
    STORE_CREDIT = "store_credit"
    SURCHARGE = "surcharge"
