"""Which hours the demonstration runs at: by day its own diagram, by night the same one moved.

The diagram runs from 04:45 to 19:30. Somebody who starts the demonstration at 23:30 finds it moved by 14 h 50 min, so
that for the coaches it is 08:40: they leave from 19:35 to 10:20 of the next day. Times past midnight belong to the day
they fall on, and as every slot runs daily, each day has all of them.
"""

from datetime import date, datetime, time, timedelta

DAY = timedelta(days=1)
STEP = timedelta(minutes=5)
# By the diagram's own clock.
OPENS = time(4, 30)  # before its first departure
LIVELY_FROM = time(5, 30)
LIVELY_UNTIL = time(17, 30)
LIVELIEST = timedelta(hours=8, minutes=40)


def choose_offset(now: datetime, *, current: timedelta, made_on: date | None) -> timedelta:
    """By how much the diagram is moved when somebody starts at *now* (local time); *current* was made on *made_on*.

    What was made today stays while it is lively; else the diagram's own hours when they are, else now is its 08:40.
    """
    if made_on == now.date() and is_lively(now - current):
        return current
    if is_lively(now):
        return timedelta()
    hours = timedelta(hours=now.hour, minutes=now.minute) - LIVELIEST
    return hours // STEP * STEP % DAY


def is_lively(at: datetime) -> bool:
    return LIVELY_FROM <= at.time() <= LIVELY_UNTIL


def moved(at: time, offset: timedelta) -> time:
    """The time of day *offset* after *at*."""
    return (datetime.combine(date.min, at) + offset).time()


def opens_at(now: datetime, offset: timedelta) -> datetime:
    """Since when the moved diagram of *now* (local time) runs today: nothing of the one before is made up."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    opened = datetime.combine(now.date(), moved(OPENS, offset), now.tzinfo)
    return opened if opened <= now else midnight
