"""What the rest of the project may want to know of the chat."""

from django.dispatch import Signal

# Somebody deletes their account; sent with ``person`` in the transaction that empties it. Their user can't sign in any more;
# whatever else the project keeps of them is for its receivers to forget.
person_left = Signal()
