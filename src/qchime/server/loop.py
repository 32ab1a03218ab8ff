"""The event loop of the server: its timers go on while a test freezes time."""

import asyncio
import time

from uvicorn.loops.auto import auto_loop_factory


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's loop if it is installed, else asyncio's."""
    loop = auto_loop_factory()()
    if hasattr(time, "clock_gettime"):  # freezegun replaces time.monotonic, which asyncio calls
        loop.time = lambda: time.clock_gettime(time.CLOCK_MONOTONIC)  # type: ignore[method-assign]
    return loop
