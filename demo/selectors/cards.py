"""A card per person of the demonstration: who it is, where they work, and what waits for them right now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from demo.accounts import GROUPS, Account
from demo.selectors.waiting import Waiting
from station import clock
from station.enums import Role
from station.models import Membership, Station, User
from station.money import vnd


@dataclass(frozen=True, slots=True)
class Line:
    """One figure and its words; `tone` as of state tags where somebody should look."""

    figure: str
    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    account: Account
    person: User | None
    place: str
    lines: list[Line] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.person is not None and may_enter(self.person)


@dataclass(frozen=True, slots=True)
class CardGroup:
    title: str | Promise
    cards: list[Card]


def may_enter(person: User) -> bool:
    return person.is_active and person.disabled_at is None


def card_groups(now: datetime) -> list[CardGroup]:
    """In the order of the accounts; the number of queries does not grow with the day."""
    names = [account.username for group in GROUPS for account in group.accounts]
    rows = User.objects.filter(username__in=names).select_related("operator", "driver__operator")
    people = {person.username: person for person in rows.order_by("pk")}
    held = _held([person.pk for person in people.values()], now)
    waiting = Waiting({station.pk for roles in held.values() for station in roles.stations}, now)
    cards = _Cards(people, held, waiting)
    return [CardGroup(group.title, [cards.of(account) for account in group.accounts]) for group in GROUPS]


@dataclass(slots=True)
class _Held:
    """What one person holds: roles, and the stations where they hold one."""

    person_id: int
    roles: set[str] = field(default_factory=set)
    stations: list[Station] = field(default_factory=list)

    @property
    def keys(self) -> list[int]:
        return [station.pk for station in self.stations]


def _held(people: Sequence[int], now: datetime) -> Mapping[int, _Held]:
    lasts = Q(valid_until=None) | Q(valid_until__gt=now)
    rows = Membership.objects.filter(lasts, user__in=people, valid_from__lte=now).select_related("station")
    found = {person: _Held(person) for person in people}
    for row in rows.order_by("station", "pk"):
        held = found[row.user_id]
        held.roles.add(row.role)
        if row.station not in held.stations:
            held.stations.append(row.station)
    return found


class _Cards:
    def __init__(self, people: Mapping[str, User], held: Mapping[int, _Held], waiting: Waiting) -> None:
        self._people, self._held, self._waiting = people, held, waiting

    def of(self, account: Account) -> Card:
        person = self._people.get(account.username)
        if person is None:
            return Card(account, None, "")
        held = self._held[person.pk]
        lines = [line for line in _lines(person, held, self._waiting) if line]
        return Card(account, person, _place(person, held), lines)


def _place(person: User, held: _Held) -> str:
    operator = person.driver.operator if person.driver else person.operator
    if operator:
        return f"{operator.short_name} · {operator.code}"
    if len(held.stations) == 1:
        return held.stations[0].name
    return ngettext("%(count)s site", "%(count)s sites", len(held.stations)) % {"count": len(held.stations)}


Lines = list[Line | None]


def _lines(person: User, held: _Held, waiting: Waiting) -> Lines:
    if person.driver_id:
        return _driver(person.driver_id, waiting)
    if person.operator:
        return _operator(person.operator_id or 0, waiting, signs=person.operator.signs_electronically)
    for role, lines in _BY_ROLE.items():
        if role in held.roles:
            return lines(held, waiting)
    return []


def _clerk(held: _Held, waiting: Waiting) -> Lines:
    on_sale = waiting.total(waiting.departures, "on_sale", held.keys)
    sold = waiting.tills.get(held.person_id)
    till = Line("○", _("till not open yet"), "warn") if sold is None else _tickets_in_till(sold)
    return [Line(str(on_sale), ngettext("departure on sale", "departures on sale", on_sale)), till]


def _tickets_in_till(sold: int) -> Line:
    return Line(str(sold), ngettext("ticket in the open till", "tickets in the open till", sold))


def _dispatcher(held: _Held, waiting: Waiting) -> Lines:
    due = waiting.total(waiting.departures, "due", held.keys)
    return [
        *_guard(held, waiting),
        Line(str(due), ngettext("departure in two hours", "departures in two hours", due)),
    ]


def _guard(held: _Held, waiting: Waiting) -> Lines:
    inside = waiting.total(waiting.yard, "inside", held.keys)
    return [Line(str(inside), ngettext("vehicle in the yard", "vehicles in the yard", inside)), _late(held, waiting)]


def _late(held: _Held, waiting: Waiting) -> Line | None:
    late = waiting.total(waiting.departures, "late", held.keys)
    return Line(str(late), ngettext("departure overdue", "departures overdue", late), "warn") if late else None


def _lead(held: _Held, waiting: Waiting) -> Lines:
    tills, closing = len(waiting.tills), waiting.difference
    short = Line(vnd(closing.difference), _("in a till of before"), "stop") if closing else None
    return [Line(str(tills), ngettext("till open", "tills open", tills)), short, _late(held, waiting)]


def _accountant(_held: _Held, waiting: Waiting) -> Lines:
    refused, waits, unpaid = waiting.invoices["refused"], waiting.invoices["waiting"], waiting.unpaid
    return [
        Line(str(refused), ngettext("invoice refused", "invoices refused", refused), "stop" if refused else ""),
        Line(str(waits), ngettext("invoice without answer", "invoices without answer", waits)) if waits else None,
        Line(str(unpaid), ngettext("charge not paid", "charges not paid", unpaid)),
    ]


def _manager(held: _Held, waiting: Waiting) -> Lines:
    sold, waits = waiting.tickets, waiting.complaints["open"]
    words = ngettext("complaint to answer", "complaints to answer", waits)
    return [
        Line(str(waits), words, "warn" if waiting.complaints["soon"] else "") if waits else None,
        Line(str(sold), ngettext("ticket sold today", "tickets sold today", sold)),
        *_left(held, waiting),
    ]


def _inspector(held: _Held, waiting: Waiting) -> Lines:
    return [*_left(held, waiting), _late(held, waiting)]


def _left(held: _Held, waiting: Waiting) -> Lines:
    left = waiting.total(waiting.departures, "left", held.keys)
    return [Line(str(left), ngettext("coach left today", "coaches left today", left))]


def _administrator(_held: _Held, _waiting: Waiting) -> Lines:
    return [Line("", _("People, routes, prices and everything that is looked up"))]


def _operator(operator_id: int, waiting: Waiting, *, signs: bool) -> Lines:
    runs = _runs(waiting.runs.get(operator_id, {}))
    if not signs:
        photos = waiting.photos.get(operator_id, 0)
        words = ngettext("paper order without photo", "paper orders without photo", photos)
        return [Line(str(photos), words, "warn") if photos else None, runs]
    orders = waiting.orders.get(operator_id, 0)
    return [Line(str(orders), ngettext("order to sign", "orders to sign", orders)), runs]


def _runs(figures: Mapping[str, int]) -> Line:
    """What is left of the day; in the evening, when nothing is, of tomorrow."""
    left, tomorrow = figures.get("left", 0), figures.get("tomorrow", 0)
    if not left and tomorrow:
        return Line(str(tomorrow), ngettext("run tomorrow", "runs tomorrow", tomorrow))
    return Line(str(left), ngettext("run left today", "runs left today", left))


def _driver(driver_id: int, waiting: Waiting) -> Lines:
    run = waiting.next_run(driver_id)
    if run is None:
        return [Line("", _("No order for a run ahead"))]
    is_today = clock.local_day(run.planned_at) == clock.local_day(waiting.now)
    words = _("to %(place)s") if is_today else _("tomorrow to %(place)s")
    return [Line(f"{clock.local(run.planned_at):%H:%M}", words % {"place": run.place})]


# The first that fits says what a person does: a shift lead holds the counter's roles too.
_BY_ROLE: Mapping[str, Callable[[_Held, Waiting], Lines]] = {
    Role.SHIFT_LEAD: _lead,
    Role.TICKET_CLERK: _clerk,
    Role.DISPATCHER: _dispatcher,
    Role.GUARD: _guard,
    Role.MANAGER: _manager,
    Role.ACCOUNTANT: _accountant,
    Role.INSPECTOR: _inspector,
    Role.ADMIN: _administrator,
}
