"""How long a departure keeps a boarding bay."""

from datetime import datetime, timedelta


def occupation(planned_at: datetime, *, lead_minutes: int, tail_minutes: int) -> tuple[datetime, datetime]:
    """From *lead_minutes* before the planned departure until *tail_minutes* after it (domain: bay planning)."""
    return planned_at - timedelta(minutes=lead_minutes), planned_at + timedelta(minutes=tail_minutes)
