"""Who takes what along."""

from tests.policies.routes import PLACE, send

send("download their data", "chat:export", PLACE)
