"""The two forms of timestamps on the wire: seconds since 1970, and ISO 8601."""

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)


def is_iso8601(shape: Shape) -> bool:
    """Whether the model asks for ISO 8601; timestamps in a body are seconds by default."""
    return bool(shape.serialization.get("timestampFormat") == "iso8601")


def to_seconds(moment: datetime) -> float:
    """Seconds since 1970 with milliseconds as the fraction, the form that every AWS SDK reads.

    It is cut, not rounded, as ISO 8601 is: a moment is the same in both forms.
    """
    return (moment - _EPOCH) // _MILLISECOND / 1000


def to_iso8601(moment: datetime) -> str:
    """`2024-05-21T23:17:27.350Z`."""
    return _in_utc(moment.astimezone(timezone.utc))


@lru_cache(maxsize=1024)  # responses repeat the timestamps of the same few resources
def _in_utc(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_wire(value: Any) -> datetime:
    """A timestamp from a client, in either form.

    Raises:
        ValueError: the value has neither form.
    """
    if isinstance(value, bool):
        raise ValueError("a boolean is not a timestamp")
    try:
        moment: datetime = parse_timestamp(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (TypeError, OverflowError, OSError, RuntimeError) as error:
        raise ValueError(str(error)) from error
