from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.reports.day import Day, whole_day


@pytest.fixture(scope="module")
def shared_day(django_db_setup: None, django_db_blocker: Any) -> Iterator[Day]:
    """One whole day for all tests of a module: building it signs documents, which takes its time."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield whole_day()
        transaction.set_rollback(True)


@pytest.fixture
def day(shared_day: Day, django_db_blocker: Any) -> Iterator[Day]:
    """The whole day; what a test changes in it is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield shared_day
        transaction.set_rollback(True)
