"""The stand-in for the Road Administration, which refuses what the law would."""

import hashlib
import json

import pytest

from dispatch.providers import Received, Rejected
from dispatch.providers.fake import FakeRoadAdministration
from station.providers.outside import NoAnswer
from tests.factories import at
from tests.factories_dispatch import gone

pytestmark = pytest.mark.django_db
LEFT = at("09:00")


def submitted(administration, payload, key="0d1f6c0a-1", prev=b"\x00", digest=None):
    digest = digest or hashlib.sha256(prev + payload).hexdigest()
    return administration.submit(key=key, payload=payload, prev=prev.hex(), digest=digest)


def test_the_stand_in_refuses_what_the_law_would(tmp_path):
    administration = FakeRoadAdministration(tmp_path)
    whole = json.loads(gone(now=LEFT).payload)
    bare = whole | {"drivers": [], "passengers": None}

    answers = [
        submitted(administration, json.dumps(whole).encode()),
        submitted(administration, json.dumps(whole).encode()),
        submitted(administration, json.dumps(bare).encode()),
        submitted(administration, json.dumps(whole).encode(), key="other", digest="00"),
        submitted(administration, json.dumps(bare).encode(), key="other"),
    ]

    assert answers == [
        Received("CDBVN-0D1F6C0A"),
        Received("CDBVN-0D1F6C0A"),
        Rejected("E09 another record under this key"),
        Rejected("E02 the hash is another"),
        Rejected("E01 missing: driver.full_name, driver.licence_class, driver.licence_no, passengers"),
    ]


@pytest.mark.parametrize("mood", ["down", "silent"])
def test_the_stand_in_may_say_nothing(tmp_path, mood):
    administration = FakeRoadAdministration(tmp_path)
    administration.files.put("mood", mood.encode())

    with pytest.raises(NoAnswer):
        submitted(administration, gone(now=LEFT).payload.encode())
