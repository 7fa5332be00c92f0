"""The tables, and beside each its QuerySet: the words in which the rest of the app asks."""

from chat.models.invitation import Invitation
from chat.models.member import Member
from chat.models.message import Message
from chat.models.person import Person
from chat.models.picture import Picture
from chat.models.room import Room

__all__ = ["Invitation", "Member", "Message", "Person", "Picture", "Room"]
