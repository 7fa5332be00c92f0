"""Unfinished edits: pages store them on the device (static/js/room/unfinished-edits.js). This module brings templates."""

from chat.templatetags.chat_features import register_template

register_template("above_composer", "chat/message/_unfinished_edit.html")
register_template("templates", "chat/message/_edit_changed.html")
