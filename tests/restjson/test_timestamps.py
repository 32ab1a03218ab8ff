"""The two forms of timestamps in responses."""

from datetime import datetime, timedelta, timezone, tzinfo

from qchime.restjson import to_iso8601


class Autumn(tzinfo):
    """A zone in the hour that its clocks repeat: both times are the same to Python, but for their `fold`."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        return timedelta(hours=1 if moment is not None and moment.fold else 2)

    def dst(self, moment: datetime | None) -> timedelta:
        return self.utcoffset(moment) - timedelta(hours=1)

    def tzname(self, moment: datetime | None) -> str:
        return "autumn"


def test_iso8601_has_milliseconds_which_are_cut() -> None:
    moment = datetime(2024, 5, 21, 23, 17, 27, 350_999, timezone.utc)

    assert to_iso8601(moment) == "2024-05-21T23:17:27.350Z"


def test_iso8601_is_in_utc_whatever_the_zone() -> None:
    moment = datetime(2024, 5, 21, 23, 17, 27, tzinfo=timezone(timedelta(hours=-2)))

    assert to_iso8601(moment) == "2024-05-22T01:17:27.000Z"


def test_iso8601_tells_the_repeated_hour_of_a_zone_from_the_first() -> None:
    first = datetime(2024, 10, 27, 2, 30, tzinfo=Autumn())
    second = first.replace(fold=1)

    assert first == second
    assert (to_iso8601(first), to_iso8601(second)) == ("2024-10-27T00:30:00.000Z", "2024-10-27T01:30:00.000Z")
