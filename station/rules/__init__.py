"""Arithmetic and decisions about the facts of a station, on plain values."""
