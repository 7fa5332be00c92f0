"""Running the jobs of Django's tasks, kept by ``django-tasks-db``: beside the server, or in processes of their own.

Added to what that package has: another try after a growing wait, a lease, and an end that loses nothing.
"""
