"""Writes of reports: the derived schema `verify`, and files handed out."""

from reports.services.exports import Exported, export_documents
from reports.services.verify_schema import build_schema, drop_schema

__all__ = ["Exported", "build_schema", "drop_schema", "export_documents"]
