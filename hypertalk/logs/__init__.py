"""What the process writes down: one line each, with the ids of the request or socket, and never what people wrote.

``marks`` are those ids, ``errors`` say what an exception was without repeating the data in it, ``secrets`` take out of
addresses what opens a door, ``formatters`` make the line, and ``tracing`` gives each request and socket its id. ``away``
leaves out what a library repeats each second.
"""
