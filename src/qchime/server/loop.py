"""The event loop of the server: its timers go on while a test freezes time."""

import asyncio
import time


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop's loop if it is installed, else asyncio's."""
    try:
        import uvloop
    except ImportError:
        loop = asyncio.new_event_loop()
        if hasattr(time, "clock_gettime"):  # freezegun replaces time.monotonic, which asyncio calls
            loop.time = lambda: time.clock_gettime(time.CLOCK_MONOTONIC)  # type: ignore[method-assign]
        return loop
    new: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return new
