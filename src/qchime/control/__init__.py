"""The desk of a test author: the handle, its twin over HTTP, and the state as JSON."""
