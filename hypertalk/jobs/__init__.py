"""Runs the jobs of Django's tasks, stored by ``django-tasks-db``: beside the server, or in separate processes.

It adds to that package: retries with growing waits, a lease, and a shutdown that loses no job.
"""
