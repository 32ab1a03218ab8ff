"""The browser of the tests."""

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
"""The path of Chromium, None where it is not installed."""
