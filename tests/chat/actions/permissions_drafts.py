"""Who keeps a draft where."""

from tests.policies.routes import ALL, act, look

act("save a draft", "chat:draft", *ALL, body="Half a sen", age="0", based_on="")
look("save a draft", "chat:draft", *ALL)
