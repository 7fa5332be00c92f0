"""Signals that the chat sends to its features and to the rest of the project."""

from django.dispatch import Signal

# A person deletes their account. Sent with ``person``, in the transaction that erases it. Their user can't
# sign in any more. Receivers delete whatever else the project stores about them.
person_left = Signal()

# A plain form, without script, posted a message. Sent with ``person`` and ``room_id``, after the commit. What scripts
# do in the page after posting, receivers do here.
message_posted_by_form = Signal()
