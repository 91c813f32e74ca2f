"""The outside world of the demonstration: a running copy, over HTTP."""
