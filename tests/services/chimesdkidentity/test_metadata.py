"""Metadata: "limited to a 1KB string in UTF-8", says AWS. The model counts characters.

https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_identity-chime_CreateAppInstance.html
"""

from typing import Any

import pytest

from tests.services.chimesdkidentity.samples import call, everything

TAKING_METADATA = [
    "CreateAppInstance",
    "CreateAppInstanceBot",
    "CreateAppInstanceUser",
    "UpdateAppInstance",
    "UpdateAppInstanceBot",
    "UpdateAppInstanceUser",
]


@pytest.mark.parametrize("operation", TAKING_METADATA)
@pytest.mark.parametrize("longest", ["x" * 1024, "é" * 512, "🎉" * 256], ids=["ASCII", "Latin", "emoji"])
def test_has_at_most_1024_bytes(
    client: Any, inputs: dict[str, dict[str, Any]], operation: str, longest: str
) -> None:
    call(client, operation, **{**inputs[operation], "Metadata": longest})
    before = everything(client)
    for more in ("x", "é"):
        with pytest.raises(client.exceptions.BadRequestException) as error:
            call(client, operation, **{**inputs[operation], "Metadata": longest + more})
        assert longest not in str(error.value), "metadata is sensitive"
    assert everything(client) == before


def test_is_checked_before_anything_else(client: Any, unknown: dict[str, str]) -> None:
    """As everything that the model constrains is."""
    with pytest.raises(client.exceptions.BadRequestException, match="at most 1024 bytes in UTF-8"):
        client.update_app_instance(AppInstanceArn=unknown["AppInstanceArn"], Name="Chat", Metadata="é" * 513)
