"""WebSockets: the hub of each process, its connections, who may hear what, and what sockets may say."""
