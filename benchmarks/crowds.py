"""People in rooms and what they do, the same for hypertalk and for the stock design."""

import itertools

from benchmarks.load import Crowd, Reader, post
from benchmarks.populated import Deployment, Stock

BODY = (
    "Words of an ordinary length, to be read by everybody here, by some of them more than once. " * 3
)  # gives a 900-byte frame

type Target = Deployment | Stock


def crowd_of(target: Target, room: str, count: int, first: int = 0, port: int = 0) -> Crowd:
    """Open the room for ``count`` people, and wait for their first beats."""
    crowd = Crowd(port or target.server.port)
    join(crowd, target, room, count, first)
    crowd.settle()
    crowd.mark = b"<li"
    return crowd


def pairs_of(target: Target) -> Crowd:
    """Sixteen rooms of two people."""
    crowd = Crowd(target.server.port)
    for n in range(16):
        join(crowd, target, f"pair-{n}", 2, 2 * n)
    crowd.settle()
    return crowd


def join(crowd: Crowd, target: Target, room: str, count: int, first: int = 0) -> None:
    for session in target.sessions[first : first + count]:
        crowd.open(target.path(room), session, room)


def fan_out(crowd: Crowd, posts: int, writer: Reader | None = None) -> None:
    """Send posts one by one; the next one when all have received the last."""
    crowd.mark, crowd.pause = b"<li", 0.002
    for _ in range(posts):
        aim = crowd.total + len(crowd.readers)
        (writer or crowd.readers[0]).send(post(BODY))
        crowd.until(lambda aim=aim: crowd.total >= aim)


def pipelined(crowd: Crowd, senders: list[Reader], posts: int, each: int, ahead: int) -> None:
    """Each sender keeps ``ahead`` posts in flight. ``each`` is the number of frames per post."""
    crowd.mark, crowd.pause = b"<li", 0.0
    start, sent = crowd.total, 0
    turns = itertools.cycle(senders)
    while sent < posts:
        while sent < posts and sent - (crowd.total - start) / each < ahead * len(senders):
            next(turns).send(post(BODY))
            sent += 1
        crowd.read(0.5)
    crowd.until(lambda: crowd.total - start >= posts * each)
