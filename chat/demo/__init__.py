"""Demo data for development: people, rooms and their messages. Loaded by ``manage.py demo``."""
