"""Whatever may be sent: the same tests look for a moment in the suite, and as long as one likes with ``make fuzz``."""
