"""Which stations a catalogue means: several spellings of one, some without their number, some with a wrong one."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from station.rules.catalogue.cells import UNREADABLE, Row
from station.rules.catalogue.findings import Reason
from station.rules.provinces import current_province, is_merged_away
from station.rules.vietnamese import same_text, search_key

_REF = re.compile(r"BX\d{3}")
# Words that one office writes before a station's name and another leaves out.
_TITLES = re.compile(r"^(?:(?:ben xe|bx|khach|huyen|thi tran|tt|thi xa|thanh pho|tp)\s+)+")
_LOST_LETTERS = re.compile(UNREADABLE + "+")
ENDS = ("departure", "arrival")


@dataclass(frozen=True, slots=True)
class PublishedStation:
    """A station as the whole catalogue names it, and the code it gets here."""

    code: str
    ref: str  # BXnnn, or empty
    name: str
    province: str


@dataclass(frozen=True, slots=True)
class _Mention:
    ref: str
    name: str
    province: str

    @property
    def place(self) -> tuple[str, str]:
        """What is the same for all spellings of a station: its bare name and today's province."""
        return core_name(self.name), search_key(current_province(self.province))


def core_name(name: str) -> str:
    return _TITLES.sub("", search_key(name))


def code_without_ref(place: tuple[str, str]) -> str:
    """A code of our own for a station without a published number: the same in every import."""
    digest = hashlib.sha256("|".join(place).encode()).hexdigest()[:4].upper()
    return f"NR-{place[0].replace(' ', '')[:10].upper()}-{digest}"


def station_code(ref: str, name: str, province: str) -> str:
    """The code under which a station of a catalogue is kept here."""
    return ref or code_without_ref(_Mention("", name, province).place)


class StationBook:
    """All stations of one catalogue, known before the first row is judged."""

    def __init__(self, rows: Iterable[Row]) -> None:
        mentions = [_mention(row, end) for row in rows for end in ENDS]
        self._provinces = Counter(mention.province for mention in mentions if _is_readable(mention.province))
        self._home = _commonest_place(mentions)
        self._names: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._refs: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._old_provinces: dict[str, str] = {}
        for mention in mentions:
            self._enter(mention)

    def _enter(self, mention: _Mention) -> None:
        if not _is_readable(mention.name):
            return
        ref = mention.ref if self._belongs(mention) else ""
        code = ref or code_without_ref(mention.place)
        self._names[code][mention.name] += 1
        if ref:
            self._refs[mention.place][ref] += 1
        if is_merged_away(mention.province):
            self._old_provinces[code] = mention.province

    def _belongs(self, mention: _Mention) -> bool:
        """Is the number used for the province it is mostly used for?"""
        home = self._home.get(mention.ref)
        return home is None or not _is_readable(mention.province) or home == mention.place[1]

    def station_of(self, row: Row, end: str) -> PublishedStation | None:
        """The station at one end of *row*, with what was doubted on the way; None when no name is given."""
        column = f"{end}_station"
        mention = _mention(row, end)
        if not mention.name:
            row.doubt(column, Reason.STATION_MISSING)
            return None
        province = self._province(row, end)
        ref = self._ref(row, end, _Mention(mention.ref, mention.name, province))
        code = station_code(ref, mention.name, province)
        # Some rows name the province of before the mergers, some today's: the older one says both.
        return PublishedStation(code, ref, self._name(row, column, code), self._old_provinces.get(code, province))

    def _province(self, row: Row, end: str) -> str:
        column = f"{end}_province"
        if not row[column]:
            row.doubt(column, Reason.PROVINCE_MISSING)
        return self._repaired(row, column, self._provinces)

    def _ref(self, row: Row, end: str, mention: _Mention) -> str:
        column = f"{end}_station_ref"
        if row[column] and not mention.ref:
            row.doubt(column, Reason.STATION_REF_MALFORMED)
        if mention.ref and not self._belongs(mention):
            row.doubt(column, Reason.STATION_REF_OF_ANOTHER_PLACE)
            return ""
        known = self._refs[mention.place].most_common()
        if mention.ref:
            if known and known[0][0] != mention.ref:
                row.doubt(column, Reason.STATION_NAME_HAS_TWO_REFS, other=known[0][0])
            return mention.ref
        if not known:
            row.doubt(column, Reason.STATION_REF_MISSING)
            return ""
        row.doubt(column, Reason.STATION_REF_FOUND_BY_NAME, taken_as=known[0][0])
        return known[0][0]

    def _name(self, row: Row, column: str, code: str) -> str:
        names = self._names[code]
        if UNREADABLE in row[column]:
            return names.most_common(1)[0][0] if self._say_repair(row, column, names) else row[column]
        preferred = names.most_common(1)[0][0] if names else row[column]
        if not same_text(preferred, row[column]):
            row.doubt(column, Reason.STATION_SPELLED_OTHERWISE, taken_as=preferred)
        return preferred

    def _say_repair(self, row: Row, column: str, names: Counter[str]) -> bool:
        if not names:
            row.doubt(column, Reason.UNREADABLE_CHARACTERS)
            return False
        row.doubt(column, Reason.UNREADABLE_REPAIRED, taken_as=names.most_common(1)[0][0])
        return True

    def _repaired(self, row: Row, column: str, readable: Counter[str]) -> str:
        """The one known word that fits around the lost letters."""
        text = row[column]
        if UNREADABLE not in text:
            return text
        pattern = ".{1,2}".join(re.escape(part) for part in _LOST_LETTERS.split(text))
        fitting = [word for word in readable if re.fullmatch(pattern, word)]
        if len(fitting) != 1:
            row.doubt(column, Reason.UNREADABLE_CHARACTERS)
            return text
        row.doubt(column, Reason.UNREADABLE_REPAIRED, taken_as=fitting[0])
        return fitting[0]


def _mention(row: Row, end: str) -> _Mention:
    ref = row[f"{end}_station_ref"].upper()
    return _Mention(ref if _REF.fullmatch(ref) else "", row[f"{end}_station"], row[f"{end}_province"])


def _commonest_place(mentions: list[_Mention]) -> dict[str, str]:
    """Each number's province of today, by the majority of its mentions."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        if mention.ref and _is_readable(mention.province):
            counts[mention.ref][mention.place[1]] += 1
    return {ref: places.most_common(1)[0][0] for ref, places in counts.items()}


def _is_readable(text: str) -> bool:
    return bool(text) and UNREADABLE not in text
