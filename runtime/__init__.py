"""How a copy of the system is set up, started, watched and stopped. Standard library only: it runs before `.venv` exists."""
