"""Benchmarks on the demonstration's data; `make bench` brings the servers."""
