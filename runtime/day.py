"""`make day`: plays the demonstration's day against the copy that runs over the same DATA_DIR, over HTTP.

STATION=HB01 SEED= SPEED=0 (as fast as it goes; 60: a minute in a second) DATE= (a whole day, by DATA_DIR/clock).
"""

import os
import sys

from runtime import health, roster
from runtime.places import ROOT
from runtime.refusal import CannotGoOn, plainly
from runtime.roster import Place
from runtime.servers import run

_WORDS = {"STATION": "--station", "SEED": "--seed", "SPEED": "--speed", "DATE": "--date"}


def main() -> int:
    place = Place.from_environment()
    addresses = {
        "DATABASE_URL": place.data / "database.url",
        "REDIS_URL": place.data / "redis.url",
    }
    is_there = all(path.exists() for path in addresses.values())
    if not is_there or not health.is_alive(health.reachable(place.host), place.port):
        raise CannotGoOn("no-copy", path=place.data, address=place.address)
    os.environ.update(roster.environment(place))
    os.environ.update({name: path.read_text().strip() for name, path in addresses.items()})
    words = [word for name, option in _WORDS.items() if (said := os.environ.get(name)) for word in (option, said)]
    return run([sys.executable, str(ROOT / "manage.py"), "play_day", "--address", place.address, *words])


if __name__ == "__main__":
    sys.exit(plainly(main))
