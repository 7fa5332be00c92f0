"""Whether people get the mails of their accounts."""

from django import template

from hypertalk.accounts.mailing import mails_are_sent

register = template.Library()
register.simple_tag(mails_are_sent)
