"""The words that scripts show, in the reader's language."""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def script_words() -> SafeString:
    """A JSON block with the id ``words``; static/js/core/words.js reads it."""
    words = {
        "you": _("You"),
        "former": _("Former member"),
        "deleted": _("Message deleted"),
        "copied": _("Copied."),
        "notCopied": _("Copying is not possible here."),
        "noAnswer": _("That did not work: the server did not answer. Try again in a moment."),
        "tooLong": _("This has {length} characters; {limit} are the most."),
        "editGone": _(
            "The message that you were editing is not kept any more. What you typed is in the field for new ones."
        ),
        "notSent": _("Not sent. The server did not answer."),
        "waits": _(
            "The server can't take it in right now. It goes out by itself as soon as that works again."
        ),
        "goesOut": _("It goes out by itself at {time}."),
        "moved": _("{name}: place {place} of {count}."),
        "found": _("Found: {count}"),
        "noSuchMessage": _("This message is not here."),
        "wentTo": _("You are at {day}."),
        "nextDay": _("Nothing was said on {asked}. What came next is of {day}."),
        "noDay": _("Nothing was said on {asked} or later. This is the last message."),
        "foundNothing": _("Nothing here is called so."),
    }
    return json_script(words, "words")
