"""Writes of reports: the derived schema `verify`. Files handed out stand in `exports`, which only a command needs."""

from reports.services.verify_schema import build_schema, drop_schema

__all__ = ["build_schema", "drop_schema"]
