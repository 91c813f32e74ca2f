"""The fake provider, empty and in a good mood."""

import shutil

import pytest

from tests.factories_einvoice import ProviderBooks


@pytest.fixture
def provider():
    books = ProviderBooks()
    shutil.rmtree(books.folder, ignore_errors=True)
    yield books
    shutil.rmtree(books.folder, ignore_errors=True)
