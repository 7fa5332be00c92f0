"""Who may see the monitoring."""

from tests.policies.routes import ADMIN, look

look("see monitoring", "admin:chat_measure_changelist", ADMIN)
for span in ("hour", "month"):
    look("see monitoring", f"admin:chat_measure_{span}", ADMIN)
    look("see monitoring", f"admin:chat_measure_{span}_table", ADMIN)
