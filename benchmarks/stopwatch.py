"""A channel layer that records when each message is published: one end of a stopwatch. The other end is in the browser."""

import os
import re
import time
from pathlib import Path

from channels_redis.pubsub import RedisPubSubChannelLayer

MESSAGE = re.compile(r'id="message-([0-9a-f-]{36})"')


class TimedLayer(RedisPubSubChannelLayer):
    """Writes lines with a message's id and the wall-clock time in seconds to the file named by ``STOPWATCH``."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._notes = Path(os.environ["STOPWATCH"]).open("a", buffering=1)  # noqa: SIM115 - open as long as the process

    async def group_send(self, group, message):
        now = time.time()
        for told in message["told"]:
            for found in MESSAGE.findall(told.get("frame", "")):
                self._notes.write(f"{found} {now}\n")
        await self.__getattr__("group_send")(group, message)  # the real layer, one per event loop
