"""The version of this package, read by the build and by everything that names it."""

__version__ = "0.1.0"
