"""``make bench``: what this costs here, beside a floor and beside the usual design. See docs/performance.md."""
