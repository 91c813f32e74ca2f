"""No tables: reports owns only what is derived. Django sends its migrate signals to apps that have this module."""
