"""``make bench``: the cost of operations here, next to a lower bound and to the usual design. See docs/performance.md."""
