"""Amazon Q Apps. Callers reach it through its row in the table of services."""
