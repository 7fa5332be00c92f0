"""Who may download which data."""

from tests.policies.routes import WORKSPACE, send

send("download their data", "chat:export", WORKSPACE)
