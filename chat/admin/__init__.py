"""The moderators' administration: what they review, and what they do about it, through the chat's own actions.

So each click of a moderator is live on every screen, keeps all numbers consistent, and is in the audit log.
"""

from chat.admin import audit, invitations, members, messages, monitoring, people, reports, rooms

__all__ = ["audit", "invitations", "members", "messages", "monitoring", "people", "reports", "rooms"]
