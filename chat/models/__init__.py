"""The tables, each with its QuerySet. The rest of the app reads through these QuerySets."""

from chat.models.audit import AuditEntry
from chat.models.ban import Ban
from chat.models.block import Block
from chat.models.draft import Draft
from chat.models.invitation import Invitation
from chat.models.measure import Measure
from chat.models.member import Member
from chat.models.message import Message
from chat.models.person import Person
from chat.models.picture import Picture
from chat.models.report import Report
from chat.models.room import Room

__all__ = [
    "AuditEntry",
    "Ban",
    "Block",
    "Draft",
    "Invitation",
    "Measure",
    "Member",
    "Message",
    "Person",
    "Picture",
    "Report",
    "Room",
]
