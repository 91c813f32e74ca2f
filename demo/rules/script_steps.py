"""One step of a played day. All moments are in the station's own time zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Fact = str | int | bool


class Kind(StrEnum):
    """What is done. The values stand in the order in which steps of one moment are done."""

    CLOSE_TILL = "close_till"
    CLOSE_SHIFT = "close_shift"
    OPEN_SHIFT = "open_shift"
    OPEN_TILL = "open_till"
    SELL = "sell"
    SIGN = "sign"
    ENTER = "enter"
    CHECK = "check"
    PAY = "pay"
    CONFIRM = "confirm"
    LET_OUT = "let_out"
    LEAVE_EMPTY = "leave_empty"
    RECEIVE_PARCEL = "receive_parcel"
    LOAD_PARCEL = "load_parcel"
    ARRIVE_PARCEL = "arrive_parcel"
    HAND_OVER_PARCEL = "hand_over_parcel"
    BLOCK = "block"
    SELL_BY_CODE = "sell_by_code"
    RATE = "rate"
    COMPLAIN = "complain"
    ANSWER = "answer"


_ORDER = {kind: number for number, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that one person does at one moment.

    `who` is a username; `departure` the primary key of a departure, None for shifts and tills; `key` names the step:
    it differs within the day and stays the same for the same seed. `facts` by kind:

    * open_shift: `ca` (ISO start of the ca)
    * close_shift: `ca`, `note` (hand-over note)
    * open_till: `ca`, `float` (đồng), `counter` (position of the counter among the station's, from 0; -1: none)
    * close_till: `ca`, `short` (đồng that the count lacks; usually 0), `reason`
    * sell: `count` (seats), `to_stop` (position of the stop where they get off; 0 = where the route ends), `method`
      ("cash", "transfer"), `note` (cash is handed over in notes of this đồng; 0 = exact), `reference` (of a transfer),
      `buyer` and `phone` (empty: unnamed)
    * sign: nothing; `who` signs the operator's electronic order
    * enter: `plate`, `passengers` (whom it brings; -1 = not counted)
    * check: `paper` (number of the paper sheet; empty for an electronic order), `photo` (its photo is taken),
      `first` and `last` (ISO dates of its validity), `is_refused` (what the check is expected to say)
    * pay: `method`, `reference`; the station's charge of the departure
    * confirm: `passengers` (at least as many as tickets were sold; the performer takes the greater)
    * let_out, leave_empty: nothing
    * receive_parcel: `goods`, `pieces`, `weight` (kg), `sender`, `phone` (the sender's, by which it is found again),
      `sender_address`, `receiver`, `receiver_id`, `receiver_phone`, `receiver_address`
    * load_parcel, arrive_parcel, hand_over_parcel: `phone`, `receiver_id`
    * block: `count` (seats, the last ones), `reason`
    * sell_by_code: `count`, `buyer`, `reference` (of the bank's line)
    * rate: `stars`; complain: `topic`, `words`, `phone`; both are a passenger's, `who` is empty
    * answer: `words` (of the complaint), `answer`
    """

    at: datetime
    kind: Kind
    who: str
    key: str
    departure: int | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def order(self) -> tuple[datetime, str]:
        """Steps are performed in this order; it differs for each two."""
        return self.at, f"{_ORDER[self.kind]:02}:{self.key}"
