"""The moderators' desk: what they look at, and what they do about it, through the chat's own actions.

So a moderator's click is live on every screen, keeps every number true, and stands in the audit log.
"""

from chat.admin import audit, invitations, members, messages, monitoring, people, reports, rooms

__all__ = ["audit", "invitations", "members", "messages", "monitoring", "people", "reports", "rooms"]
