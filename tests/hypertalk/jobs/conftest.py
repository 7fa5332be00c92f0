"""The real queue."""

import pytest

from tests.support import jobs


@pytest.fixture
def queue(settings, transactional_db: None) -> None:
    settings.TASKS = jobs.DATABASE
    jobs.done.clear()
    jobs.begun.clear()
    jobs.go_on.clear()
