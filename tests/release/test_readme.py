"""What is read from README.md."""

import pytest

from release.readme import blocks, durations, in_language
from release.running import Failed

PAGE = """\
# Ten seconds to Acme

```console
$ pip install acme \\
    pytest  # and what it requires
installed in 3 seconds
$ acme serve
```

## Serve

It starts in half a second.

```js
// # Not a heading: 5 minutes
```

## Reference
"""


def test_commands_are_what_is_typed() -> None:
    [block] = in_language(PAGE, "console")
    assert list(block.commands) == [["pip", "install", "acme", "pytest"], ["acme", "serve"]]


def test_blocks_know_their_headings() -> None:
    assert [(block.language, block.heading) for block in blocks(PAGE)] == [
        ("console", "Ten seconds to Acme"),
        ("js", "Serve"),
    ]


def test_durations_are_those_of_the_text_and_the_headings() -> None:
    assert durations(PAGE) == {"Ten seconds to Acme": "Ten seconds", "Serve": "half a second"}


def test_a_missing_block_is_named() -> None:
    with pytest.raises(Failed, match=r"README\.md has no python block"):
        in_language(PAGE, "python")
