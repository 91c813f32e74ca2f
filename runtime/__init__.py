"""How a copy of the system is set up, started, watched and stopped; standard library only, since it makes `.venv`."""
