from __future__ import annotations

from ..types import *


@define
class UpdateMerchantReferencesDto(Undeclared):
    """New references; one that is present overwrites the old one.

    Attributes:
        merchant_reference1: Replaces the first merchant reference when present.
        merchant_reference2: Replaces the second merchant reference when present.
    """

    merchant_reference1: str | Unset = UNSET
    merchant_reference2: str | Unset = UNSET


declare(UpdateMerchantReferencesDto)
