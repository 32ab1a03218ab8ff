"""What the server accepts from its clients, and how it refuses the rest."""
