"""The test author's controls: the handle, its counterpart over HTTP, and the state as JSON."""
