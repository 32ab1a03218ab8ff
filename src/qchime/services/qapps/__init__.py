"""Amazon Q Apps: who calls it finds its row in the table of services."""
