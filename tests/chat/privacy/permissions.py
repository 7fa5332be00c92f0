"""Who may download which data."""

from tests.policies.routes import PLACE, send

send("download their data", "chat:export", PLACE)
