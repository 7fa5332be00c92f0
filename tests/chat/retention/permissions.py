"""Who may set how long messages are kept."""

from tests.policies.routes import ROOMS, act

act(
    "set how long messages are kept",
    "chat:edit_room",
    *ROOMS,
    name="renamed",
    keep_days="30",
    sure="1",
)
