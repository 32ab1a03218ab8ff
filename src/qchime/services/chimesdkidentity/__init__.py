"""Amazon Chime SDK Identity: who calls it finds its row in the table of services."""
