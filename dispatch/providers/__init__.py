"""The Road Administration, behind one small protocol."""

from dispatch.providers.protocol import Outcome, Received, Rejected, RoadAdministration, current

__all__ = ["Outcome", "Received", "Rejected", "RoadAdministration", "current"]
