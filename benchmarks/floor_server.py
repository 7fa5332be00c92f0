"""The lower bound: one ``os.write`` of one ready frame to each of many sockets. ``python floor_server.py PORT``.

The first connection controls it: each byte that it sends is one round to all the others.
"""

import os
import socket
import sys

FRAME = b"\x81\x7e" + (900).to_bytes(2) + b'<li class="message">' + b"x" * 880


def main() -> None:
    listening = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=2048)
    listening.accept()[0].close()  # the check whether the port is open
    master, _ = listening.accept()
    count = int(master.recv(100))
    others = [listening.accept()[0] for _ in range(count)]
    numbers = [other.fileno() for other in others]
    while master.recv(1):
        for number in numbers:
            os.write(number, FRAME)
        master.sendall(b".")


main()
