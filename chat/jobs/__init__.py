"""Background work: jobs of ``django.tasks``, and what each process repeats by itself, which is no job: ``recorder.py``,
which stores its counters, and ``retention_job.py``.
"""
