"""Signals that the chat sends to the rest of the project."""

from django.dispatch import Signal

# A person deletes their account. Sent with ``person``, in the transaction that erases it. Their user can't
# sign in any more. Receivers delete whatever else the project stores about them.
person_left = Signal()
