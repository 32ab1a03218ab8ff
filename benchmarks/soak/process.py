"""The server under test: a separate process that can restart on the same port and state."""

import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import IO
from urllib.request import Request, urlopen

from qchime import Client


class Process:
    """`qchime serve --state FILE`. Its standard error, across restarts, is in `log`.

    With the option `--seed` it starts with the state in the file, and saves nothing.
    """

    def __init__(self, state: Path, option: str = "--state") -> None:
        self._state = state
        self._option = option
        self._port = 0
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        self.start()

    def start(self) -> None:
        """Start the server with the state in the file."""
        command = [sys.executable, "-m", "qchime", "serve", "--port", str(self._port)]
        self._popen = subprocess.Popen(
            [*command, self._option, str(self._state)], stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        assert self._popen.stdout
        found = re.search(r"http://\S+:(\d+)", self._popen.stdout.readline())
        assert found, self.said()
        self._port = int(found[1])
        self.handle = Client(found[0])

    def end(self) -> None:
        """Stop the server, which saves its state."""
        self._popen.send_signal(signal.SIGTERM)
        code = self._popen.wait(timeout=60)
        assert code == 0, f"the server ended with {code}: {self.said()}"

    def kill(self) -> float:
        """Kill the server in any case, without a chance to save. Returns when, by the monotonic clock."""
        killed = monotonic()
        self._popen.kill()
        self._popen.wait()
        return killed

    def save(self) -> float:
        """Save on demand. Returns how many seconds that took."""
        started = monotonic()
        with urlopen(Request(f"{self.handle.url}/_qchime/state", method="POST")) as response:
            response.read()
        return monotonic() - started

    def leftovers(self) -> list[str]:
        """The names of the files beside the state file."""
        return [path.name for path in self._state.parent.iterdir() if path != self._state]

    def said(self) -> str:
        """The log so far."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def resident(self) -> float | None:
        """The resident memory in MiB, None if the system does not show it."""
        status = Path(f"/proc/{self._popen.pid}/status")
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.exists() else None
        return int(found[1]) / 1024 if found else None
