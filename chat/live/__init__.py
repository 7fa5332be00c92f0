"""Everything that leaves by WebSocket: events, their rendering, one publish per change, and one hub per process."""
