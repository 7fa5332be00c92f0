"""The workspace in which everything is tried."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.fuzz.inspecting import Desk
from tests.fuzz.scene import arrange


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    """Created once: every request is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        desk = Desk(arrange())
        yield desk
        desk.leave()
        transaction.set_rollback(True)
