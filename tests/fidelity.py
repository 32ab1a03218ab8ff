"""Writes docs/fidelity.md from the rules: `python -m tests.fidelity docs/fidelity.md`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from qchime.core.evidence import rules_by_subject
from qchime.rules import Place, Rule

_HEAD = """\
# Rules that AWS does not document

Where AWS documents a behaviour, qchime follows it. This page lists the rules for everything else, with their
sources. If you know from a live account that AWS behaves differently, please open an issue.

| mark | what it means |
|---|---|
| observed | AWS behaves like this, as its responses or programs that use it show |
| disputed | the sources contradict each other |
| inferred | no public source says what AWS does |

An error that follows from a rule names it in the header `x-qchime-rule`, and its [call](calls.md) has it as
`.rule`. Rules with `rules["…"]` in the last column have choices, which a test can [change](world.md#rules).
Files are relative to `src/qchime/`.

`make fidelity` writes this page from the source code. `qchime operations --evidence` prints the rules too.
"""

_TABLE = """\
| rule | mark | behaviour | source | decided in | changed with |
|---|---|---|---|---|---|
"""


def page() -> str:
    """The page in Markdown."""
    return _HEAD + "".join(_section(subject, rules) for subject, rules in rules_by_subject().items())


def _section(subject: str, rules: Iterable[Rule]) -> str:
    return f"\n## {subject}\n\n{_TABLE}{''.join(map(_row, rules))}"


def _row(rule: Rule) -> str:
    sources = ", ".join(f"[{_host(source)}]({source})" for source in rule.sources)
    places = "<br>".join(map(_place, rule.places))
    way = f"`{rule.way_to_turn}`" if rule.way_to_turn else ""
    return f"| `{rule.name}` | {rule.mark} | {rule.text} | {sources} | {places} | {way} |\n"


def _host(source: str) -> str:
    return source.split("/")[2]


def _place(place: Place) -> str:
    file = place.module.removeprefix("qchime.").replace(".", "/")
    return f"`{file}.py`: `{place.name}`"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
