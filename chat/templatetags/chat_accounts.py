"""Links to the project's account pages."""

from django import template

from chat.account_pages import account_page

register = template.Library()

register.simple_tag(account_page)
