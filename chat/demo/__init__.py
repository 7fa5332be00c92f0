"""A place that looks lived in, for development: people, rooms and what they said. Loaded by ``manage.py demo``."""
