"""A workspace with its static files collected under hashed names, as on a real server; each test says where they lie."""
