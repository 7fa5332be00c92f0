"""Executors: threads with their own database connection."""

import asyncio
import threading
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection

from chat.runtime.executors import DbExecutor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def executor() -> Any:
    made = DbExecutor("test")
    yield made
    made.close()


def count_users() -> int:
    return get_user_model()._default_manager.count()


async def test_work_of_one_executor_is_done_in_turn_by_one_thread_that_keeps_its_connection(
    executor: DbExecutor,
) -> None:
    def where() -> tuple[str, int]:
        count_users()
        return threading.current_thread().name, id(connection.connection)

    found = await asyncio.gather(*(executor.run(where) for _ in range(5)))
    assert len(set(found)) == 1
    assert found[0][0].startswith("test")


async def test_a_connection_that_was_lost_meanwhile_is_replaced_unnoticed(executor: DbExecutor) -> None:
    await executor.run(count_users)
    tries = []

    def lost() -> int:
        tries.append(connection.connection)
        if len(tries) == 1:
            connection.connection.close()
            connection.is_usable = lambda: False
            raise OperationalError
        return count_users()

    assert await executor.run(lost) == 0
    assert len(tries) == 2
    assert tries[1] is None  # a new one, opened on first use


async def test_what_the_database_refuses_is_raised_and_not_tried_again(executor: DbExecutor) -> None:
    await executor.run(count_users)
    tries = []

    def refused() -> None:
        tries.append(1)
        raise OperationalError("lock timeout")

    with pytest.raises(OperationalError):
        await executor.run(refused)
    assert len(tries) == 1
