"""``make bench``: what this costs on the machine at hand, beside a floor and beside the usual design. See docs/performance.md."""
