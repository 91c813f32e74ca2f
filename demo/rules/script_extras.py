"""Beside the coaches' own way: parcels, seats kept back, a sale by VietQR, and what passengers say afterwards."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from demo.rules.script_people import Shifts
from demo.rules.script_runs import BUYERS, Run
from demo.rules.script_steps import Fact, Kind, Step

# Of a hundred coaches, how many carry a parcel, keep seats back, sell by VietQR, are rated, are complained about.
_PARCEL, _BLOCK, _BY_CODE, _RATED, _COMPLAINT = 5, 2, 4, 15, 5
_FEW_PLACES = 16
_GOODS = (
    ("Cam Cao Phong", 2, 18), ("Tài liệu", 1, 1), ("Phụ tùng xe máy", 1, 9), ("Măng khô, rượu cần", 3, 22),
    ("Quần áo", 2, 12), ("Mật ong rừng", 1, 6),
)  # fmt: skip
_HOME, _AWAY = "Tổ 5, phường Tân Hoà, tỉnh Phú Thọ", "Ngõ 12, phường Từ Liêm, thành phố Hà Nội"
_WHY_KEPT = ("Nhà xe giữ cho đoàn cựu chiến binh", "Khách quen của nhà xe đón dọc đường")
_COMPLAINTS = (
    ("late", "Xe ra bến muộn hơn giờ in trên vé mà không ai thông báo, tôi lỡ chuyến nối."),
    ("seat", "Ghế bẩn, điều hòa không mát suốt chặng đường."),
    ("crew", "Phụ xe nói to tiếng, không giúp người già xếp hành lý."),
    ("luggage", "Hành lý bị đè hỏng khi xếp chung với hàng ký gửi."),
)
_ANSWERS = (
    "Bến đã làm việc với nhà xe, lái xe và phụ xe đã được nhắc nhở. Bến xin lỗi hành khách.",
    "Nhà xe đã khắc phục trước chuyến sau và gửi lời xin lỗi. Cảm ơn hành khách đã báo cho bến.",
)
_STARS = (5, 5, 4, 4, 4, 3, 3, 2, 1)
# What comes after is somebody else's day.
_NIGHT = timedelta(hours=28)


def extra_steps(run: Run, own: Sequence[Step], shifts: Shifts, chance: Random, *, tickets: int) -> Iterator[Step]:
    """*own* are the steps of the coach itself: what leaves with it is loaded before, what is said is said after."""
    gone = next((step.at for step in own if step.kind == Kind.LET_OUT), None)
    if gone is None or not run.needs_order or not any(step.kind == Kind.SELL for step in own):
        return
    extras = _Extras(run, gone, shifts, chance)

    def happens(percent: int) -> bool:
        return chance.randrange(10_000) < percent * tickets

    if happens(_PARCEL):
        yield from extras.parcel()
    # One of the two: a small coach has room for the usual sales and for one of them.
    if run.places >= _FEW_PLACES and happens(_BLOCK):
        yield extras.block()
    elif run.places >= _FEW_PLACES and happens(_BY_CODE):
        yield extras.sale_by_code()
    if happens(_RATED):
        yield extras.rating()
    if happens(_COMPLAINT):
        yield from extras.complaint()


def open_complaint(at: datetime, steps: Sequence[Step]) -> Step | None:
    """Said at *at* about a coach that had left by then, and not answered; None when none had."""
    sold = {step.departure for step in steps if step.kind == Kind.SELL}
    left = [step for step in steps if step.kind == Kind.LET_OUT and step.at < at and step.departure in sold]
    if not left:
        return None
    topic, words = _COMPLAINTS[0]
    facts: dict[str, Fact] = {"topic": topic, "words": words, "phone": "0912000111"}
    return Step(at.replace(microsecond=0), Kind.COMPLAIN, "", "complain:open", left[-1].departure, facts)


class _Extras:
    def __init__(self, run: Run, gone: datetime, shifts: Shifts, chance: Random) -> None:
        self._run, self._gone, self._shifts, self._chance = run, gone, shifts, chance

    def _step(self, kind: Kind, at: datetime, who: str, **facts: Fact) -> Step:
        return Step(at.replace(microsecond=0), kind, who, f"{kind}:{self._run.departure}", self._run.departure, facts)

    def _minutes(self, least: int, most: int) -> timedelta:
        return timedelta(seconds=self._chance.randint(least * 60, most * 60))

    def _at_a_till(self, before: timedelta) -> tuple[datetime, str]:
        at = self._shifts.at_a_till(self._run.planned_at - before)
        return at, self._chance.choice(self._shifts.team_at(at).sellers)

    def _phone(self) -> str:
        return f"09{self._chance.randrange(10**7, 10**8)}"

    def parcel(self) -> Iterator[Step]:
        """Received, loaded, arrived where the coach goes, and handed over when somebody comes for it."""
        at, who = self._at_a_till(self._minutes(18, 55))
        goods, pieces, weight = self._chance.choice(_GOODS)
        sender, receiver = self._chance.sample(BUYERS, 2)
        phone, number = self._phone(), f"0010{self._chance.randrange(60, 99)}{self._chance.randrange(10**5, 10**6)}"
        if at >= self._run.planned_at - timedelta(minutes=8):
            return
        yield self._step(
            Kind.RECEIVE_PARCEL, at, who, goods=goods, pieces=pieces, weight=weight, sender=sender, phone=phone,
            sender_address=_HOME, receiver=receiver, receiver_id=number, receiver_phone=self._phone(),
            receiver_address=_AWAY,
        )  # fmt: skip
        # The last thing before it leaves, however late it came.
        loaded = self._gone - timedelta(seconds=self._chance.randint(5, 35))
        yield self._step(Kind.LOAD_PARCEL, loaded, self._shifts.team_at(loaded).guard, phone=phone)
        arrived = self._gone + self._minutes(75, 150)
        fetched = arrived + self._minutes(15, 240)
        for kind, moment in ((Kind.ARRIVE_PARCEL, arrived), (Kind.HAND_OVER_PARCEL, fetched)):
            if self._is_of_the_day(moment):
                yield self._step(kind, moment, self._shifts.team_at(moment).guard, phone=phone, receiver_id=number)

    def block(self) -> Step:
        at = self._run.planned_at - self._minutes(100, 150)
        return self._step(
            Kind.BLOCK, at, self._shifts.team_at(at).dispatcher, count=2, reason=self._chance.choice(_WHY_KEPT)
        )

    def sale_by_code(self) -> Step:
        """The customer scans the code on the screen, and the bank tells the money at once."""
        at, who = self._at_a_till(self._minutes(12, 40))
        return self._step(
            Kind.SELL_BY_CODE, at, who, count=self._chance.choice((1, 1, 2)), buyer=self._chance.choice(BUYERS),
            reference=f"FT{self._chance.randrange(10**9, 10**10)}",
        )  # fmt: skip

    def rating(self) -> Step:
        return self._step(Kind.RATE, self._gone + self._minutes(20, 90), "", stars=self._chance.choice(_STARS))

    def complaint(self) -> Iterator[Step]:
        said = self._gone + self._minutes(25, 80)
        answered = said + self._minutes(40, 200)
        topic, words = self._chance.choice(_COMPLAINTS)
        phone, answer = self._phone(), self._chance.choice(_ANSWERS)
        if self._is_of_the_day(answered):
            yield self._step(Kind.COMPLAIN, said, "", topic=topic, words=words, phone=phone)
            yield self._step(Kind.ANSWER, answered, self._shifts.team_at(answered).lead, words=words, answer=answer)

    def _is_of_the_day(self, at: datetime) -> bool:
        midnight = self._run.planned_at.replace(hour=0, minute=0, second=0, microsecond=0)
        return at < midnight + _NIGHT
