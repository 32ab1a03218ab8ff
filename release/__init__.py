"""Everything that a release needs, except the upload: `make release-check` runs it."""
