"""Pauses a coroutine in real time."""

import asyncio
import threading
import time
from importlib import import_module
from typing import Any


async def pause(seconds: float) -> None:
    """Let other coroutines run for some seconds, or, if it is 0, for one turn.

    `asyncio.sleep` would wait for the event loop's clock, which libraries such as freezegun stop.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        await _pause_elsewhere(seconds)
        return
    if not seconds:
        await asyncio.sleep(0)
        return
    over = asyncio.Event()
    timer = threading.Timer(seconds, loop.call_soon_threadsafe, [over.set])
    timer.daemon = True
    timer.start()
    try:
        await over.wait()
    finally:
        timer.cancel()


async def _pause_elsewhere(seconds: float) -> None:
    """Pause on trio's event loop, on which aiobotocore runs by means of anyio."""
    anyio: Any = import_module("anyio")
    await anyio.to_thread.run_sync(time.sleep, seconds)
