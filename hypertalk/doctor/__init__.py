"""``manage.py doctor``: what is wrong with this workspace, and how to fix it, in a sentence each.

Every check is a generator that takes ``Options`` and yields findings. It is in the file of its topic and is listed in
``checks.CHECKS``; adding a check needs no more. A check must not depend on anything: it runs while the database is down
or the disk is full, uses timeouts of seconds, and what it raises becomes a finding (``runner``).
"""
