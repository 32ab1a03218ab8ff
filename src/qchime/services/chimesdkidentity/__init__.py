"""Amazon Chime SDK Identity. Callers reach it through its row in the table of services."""
