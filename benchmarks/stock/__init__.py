"""The usual design, as the tutorial of Channels teaches it: a consumer per member, a group per room, a row per message."""
