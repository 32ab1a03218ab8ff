"""Writes the results of the fuzzer as a section of docs/reliability.md."""

from collections import Counter
from pathlib import Path

from benchmarks.sections import write_section

HEADING = "## Hostile input"
_SECTION = """\
`make fuzz` sends {minutes:g} minutes of malformed HTTP from eight clients at once, and writes this section.
The clients mutate valid requests of all kinds (changed bytes, spliced requests, repeated parts, misleading
lengths, headers and chunks), send them whole or in pieces, and disconnect at any time. No response was a
failure of the server, valid requests in between were answered, and the server's log has no traceback.

| requests | responses | memory before | memory after |
|---:|---:|---:|---:|
| {sent:,} | {responses:,} | {before:.0f} MiB | {after:.0f} MiB |

| status | responses |
|---|---:|
{statuses}"""


def write(page: Path, minutes: float, sent: int, statuses: Counter[str], before: float, after: float) -> None:
    """Replace the section of a page, or append it."""
    section = _SECTION.format(
        minutes=minutes,
        sent=sent,
        responses=statuses.total(),
        before=before,
        after=after,
        statuses="".join(f"| {status} | {count:,} |\n" for status, count in sorted(statuses.items())),
    )
    write_section(page, HEADING, section)
