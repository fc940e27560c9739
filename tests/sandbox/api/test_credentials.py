"""The two published forms of credentials."""

from kustom_facade.sandbox import EXAMPLE_ORDER_ID

from ..api_client import KEY, ORDERS, ApiClient


def test_both_published_forms_of_credentials_are_accepted(wire: ApiClient) -> None:
    """The key as it is, and username and key in base64."""
    url = f"{ORDERS}/{EXAMPLE_ORDER_ID}"
    assert wire.client.get(url, headers={"authorization": f"basic  {KEY}"}).status_code == 200
    assert wire.client.get(url, auth=("K123-suffix", KEY)).status_code == 200
    assert wire.client.get(url, auth=("K123-suffix", "kco_other_x")).status_code == 401
