"""The decorators: boto3 and aiobotocore clients answered inside the process."""

from qchime.compat import explained

with explained():
    from qchime.mocking.mock import Mock, mock_chimesdkidentity, mock_qapps

__all__ = ["Mock", "mock_chimesdkidentity", "mock_qapps"]
