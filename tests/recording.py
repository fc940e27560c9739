"""What goes into a cassette: no credentials, no personal data,
no address of the machine it was recorded on.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

PLAYGROUND: Final = "https://api.playground.kustom.co"
#: Fields of the API that tell who a person is, or hold what a shop or a customer wrote, with what
#: stands for them in a cassette.
PERSONAL: Final = {
    "given_name": "Given",
    "family_name": "Family",
    "attention": "Attention",
    "organization_name": "Organization",
    "organization_registration_id": "000000-0000",
    "title": "",
    "street_address": "Street 1",
    "street_address2": "",
    "postal_code": "123 45",
    "city": "City",
    "email": "person@example.com",
    "phone": "+46000000000",
    "date_of_birth": "1941-03-21",
    "national_identification_number": "000000-0000",
    "vat_id": "SE000000000001",
    "merchant_data": "Merchant data",
    "description": "Description",
    "user_input": "Input",
    "reference": "R-1",
    "merchant_reference1": "M-1",
    "merchant_reference2": "M-2",
    "klarna_reference": "K0000001",
    "tms_reference": "T-1",
}
#: Headers that say how a message travelled, not what it says.
_DROPPED: Final = (
    "authorization",
    "user-agent",
    "host",
    "date",
    "server",
    "set-cookie",
    "klarna-idempotency-key",
)


def without_personal_data(value: Any) -> Any:
    """JSON data with every personal field replaced, at any depth; what is empty stays empty."""
    if isinstance(value, list):
        return [without_personal_data(item) for item in value]
    if isinstance(value, dict):
        return {
            name: PERSONAL[name] if name in PERSONAL and item else without_personal_data(item)
            for name, item in value.items()
        }
    return value


def scrubber(replacements: Callable[[], dict[str, str]]) -> dict[str, Any]:
    """The settings of vcrpy: hosts and order ids become the same in every recording, people
    disappear.

    Args: replacements: what else to replace, asked for at each message.
    """

    def text(value: str) -> str:
        for old, new in replacements().items():
            value = value.replace(old, new)
        return re.sub(r"https?://(127\.0\.0\.1|localhost)(:\d+)?", PLAYGROUND, value)

    def body(content: bytes | None) -> bytes | None:
        if not content:
            return content
        try:
            data = json.loads(content)
        except ValueError:
            return text(content.decode()).encode()
        return text(json.dumps(without_personal_data(data), separators=(",", ":"))).encode()

    def request(message: Any) -> Any:
        message.uri = text(message.uri)
        message.body = body(message.body)
        message.headers = {
            name: value for name, value in message.headers.items() if name.lower() not in _DROPPED
        }
        return message

    def response(message: dict[str, Any]) -> dict[str, Any]:
        message["body"]["string"] = body(message["body"]["string"])
        message["headers"] = {
            name: [str(len(message["body"]["string"]))]
            if name.lower() == "content-length"
            else [text(value) for value in values]
            for name, values in message["headers"].items()
            if name.lower() not in _DROPPED
        }
        return message

    return {
        "before_record_request": request,
        "before_record_response": response,
        "match_on": ["method", "path", "body"],
        "decode_compressed_response": True,
    }
