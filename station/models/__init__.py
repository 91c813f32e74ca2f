"""The facts of a station."""

from station.models.departures import Departure
from station.models.fleet import Document, Driver, Seat, SeatMap, Vehicle
from station.models.journal import JournalEntry, JournalHead
from station.models.network import Notice, Route, RouteStop, ServiceSlot, SlotSuspension
from station.models.outbox import Heartbeat, OutboxMessage
from station.models.partners import Contract, Operator
from station.models.people import Membership, User
from station.models.records import Alarm, IdempotencyKey, StoredFile
from station.models.shifts import Shift, ShiftTemplate, Till
from station.models.site import Bay, Counter, Station
from station.models.stateful import Stateful
from station.models.yard import BayBooking, YardVisit

__all__ = [
    "Alarm",
    "Bay",
    "BayBooking",
    "Contract",
    "Counter",
    "Departure",
    "Document",
    "Driver",
    "Heartbeat",
    "IdempotencyKey",
    "JournalEntry",
    "JournalHead",
    "Membership",
    "Notice",
    "Operator",
    "OutboxMessage",
    "Route",
    "RouteStop",
    "Seat",
    "SeatMap",
    "ServiceSlot",
    "Shift",
    "ShiftTemplate",
    "SlotSuspension",
    "Stateful",
    "Station",
    "StoredFile",
    "Till",
    "User",
    "Vehicle",
    "YardVisit",
]
