from ..types import OpenStrEnum


class MerchantOrderStatus(OpenStrEnum):
    """Known values; the API may send others, see ``OpenStrEnum``."""

    AUTHORIZED = "AUTHORIZED"
    CANCELLED = "CANCELLED"
    CAPTURED = "CAPTURED"
    CLOSED = "CLOSED"
    EXPIRED = "EXPIRED"
    PART_CAPTURED = "PART_CAPTURED"
