"""Random input: the same tests run for a moment in the suite, and for as long as you like with ``make fuzz``."""
