"""Ratings and complaints as they stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from station.models import Station
from ticketing.enums import ComplaintState
from ticketing.models import Complaint, Rating, Ticket

SCORES_OF = timedelta(days=30)
_LOW = 2  # stars


@dataclass(frozen=True, slots=True)
class Score:
    """How the passengers of one operator liked their rides lately. `tenths`: 43 is 4,3 stars."""

    operator: str
    count: int
    tenths: int
    low: int

    @property
    def stars(self) -> str:
        return f"{self.tenths // 10},{self.tenths % 10}"


def rating_of(ticket: Ticket) -> Rating | None:
    return Rating.objects.filter(ticket=ticket).order_by("pk").first()


def complaints_about(ticket: Ticket) -> list[Complaint]:
    """What was said about *ticket*, oldest first."""
    return list(Complaint.objects.filter(ticket=ticket).order_by("pk"))


def complaints_at(station: Station) -> QuerySet[Complaint]:
    """Complaints of *station* with what a row shows; the photos stay where they are."""
    return Complaint.objects.filter(station=station).select_related(
        "ticket__departure__route", "ticket__departure__operator", "ticket__to_stop", "answered_by"
    )


def open_complaints(station: Station) -> QuerySet[Complaint]:
    """To be answered, the most urgent first."""
    return complaints_at(station).filter(state=ComplaintState.OPEN).order_by("due_at", "pk")


def answered_complaints(station: Station) -> QuerySet[Complaint]:
    return complaints_at(station).filter(state=ComplaintState.ANSWERED).order_by("-answered_at", "-pk")


def scores_at(station: Station, now: datetime) -> list[Score]:
    """Of the last 30 days, the least liked operator first."""
    rows = Rating.objects.filter(ticket__sale__station=station, at__gt=now - SCORES_OF)
    grouped = rows.values_list("ticket__departure__operator__short_name").annotate(
        count=Count("pk"), total=Sum("stars"), low=Count("pk", filter=Q(stars__lte=_LOW))
    )
    found = [
        Score(operator, count, stars * 10 // count, low)
        for operator, count, stars, low in grouped.order_by("ticket__departure__operator__short_name")
    ]
    return sorted(found, key=lambda score: (score.tenths, score.operator))
