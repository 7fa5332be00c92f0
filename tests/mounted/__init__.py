"""A project that has the chat below a path of its own, under a server without the shorter ways of ours."""
