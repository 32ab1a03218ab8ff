"""Sends malformed HTTP to a server for a long time: `python -m benchmarks.fuzz --minutes 60`."""
