"""``manage.py doctor``: what is wrong with this place, and what to do about it, in a sentence each.

Every check is a generator that takes ``Asked`` and yields findings. It lives in the file of its topic and stands in
``checks.CHECKS``; that is all there is to adding one. A check may rely on nothing: it runs while the database is
away and the disk is full, asks with time-outs of seconds, and what it raises becomes a finding (``examining``).
"""
