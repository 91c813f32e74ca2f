"""What people and workers do with the facts of a station."""
