"""The workspace in which everything is tried."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.fuzz.inspecting import Inspector
from tests.fuzz.scene import arrange


@pytest.fixture(scope="module")
def inspector(django_db_setup: None, django_db_blocker: Any) -> Iterator[Inspector]:
    """Created once: every request is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        inspector = Inspector(arrange())
        yield inspector
        inspector.leave()
        transaction.set_rollback(True)
