"""The demonstration as plain values: who runs what, where and when, before anything is stored."""
