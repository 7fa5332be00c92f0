"""The words that scripts show, in the reader's language."""

from django import template
from django.utils.functional import Promise
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

WORDS: dict[str, Promise | str] = {}


def register_words(**words: Promise | str) -> None:
    """Words by the key that a script passes to ``word`` (static/js/core/words.js). Raises ValueError if one is taken."""
    if taken := WORDS.keys() & words.keys():
        raise ValueError(f"the words {sorted(taken)} are already registered")
    WORDS.update(words)


@register.simple_tag
def script_words() -> SafeString:
    """A JSON block with the id ``words``; static/js/core/words.js reads it."""
    return json_script({key: str(text) for key, text in WORDS.items()}, "words")


register_words(
    you=_("You"),
    former=_("Former member"),
    deleted=_("Message deleted"),
    copied=_("Copied."),
    notCopied=_("Could not copy."),
    noAnswer=_("The server did not respond. Try again in a moment."),
    tooLong=_("Too long: {length} of {limit} characters."),
    editGone=_("The message you were editing is no longer available. Your text is in the message box."),
    notSent=_("Not sent. The server did not respond."),
    waits=_("The server is not available. Your message will be sent as soon as it is back."),
    goesOut=_("It will be sent at {time}."),
    moved=_("{name}: position {position} of {count}."),
    found=_("Matches: {count}"),
    noUnread=_("No other room has unread messages."),
    noSuchMessage=_("This message is no longer available."),
    showing=_("Showing {name}."),
    manyNew=_("{count} new messages"),
    noFiles=_("Files and pictures can't be sent yet."),
    code=_("Code"),
    table=_("Table"),
    wentTo=_("Showing {day}."),
    nextDay=_("No messages on {asked}. The next ones are from {day}."),
    noDay=_("No messages on {asked} or later. This is the last message."),
    foundNothing=_("No matches."),
)
