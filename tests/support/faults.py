"""Small servers that behave wrongly, for the doctor to find."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket], None]


@contextmanager
def listening(talk: Talk) -> Iterator[int]:
    """A server on a free port; ``talk`` handles each connection in its own thread."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(20)
            with suppress(OSError):  # the other side has closed
                talk(self.request)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def mail_server(
    *,
    greeting: str = "220 here",
    login: str = "235 welcome",
    taken: list[str] | None = None,
    before: Callable[[], object] = lambda: None,
) -> Talk:
    """Enough of SMTP. ``login`` answers AUTH; the lines of mails are added to ``taken``. ``before`` is called before the
    sender gets its answer.
    """

    def talk(line: socket.socket) -> None:
        said = line.makefile("rb")
        answer = lambda text: line.sendall(f"{text}\r\n".encode())  # noqa: E731
        answer(greeting)
        while command := said.readline().decode().strip():
            match command.split()[0].upper():
                case "EHLO":
                    line.sendall(b"250-here\r\n250 AUTH PLAIN\r\n")
                case "AUTH":
                    answer(login)
                case "DATA":
                    answer("354 go on")
                    for text in iter(said.readline, b".\r\n"):
                        if taken is not None:
                            taken.append(text.decode().strip())
                    before()
                    answer("250 taken")
                case "QUIT":
                    return answer("221 bye")
                case _:
                    answer("250 fine")
        return None

    return talk


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def proxy(to: int, *, change: Callable[[bytes], bytes], deaf: bool = False) -> Talk:
    """Forwards one connection to a port, with the head of its first request changed. ``deaf`` holds back what comes
    after the head of the response.
    """

    def talk(line: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            data = line.recv(65536)
            if not data:
                return
            head += data
        head, _, rest = head.partition(b"\r\n\r\n")
        with socket.create_connection(("127.0.0.1", to)) as inside:
            changed = change(head).replace(b"Connection: keep-alive", b"Connection: close")
            inside.sendall(changed + b"\r\n\r\n" + rest)
            upward = threading.Thread(target=_pipe, args=(line, inside), daemon=True)
            upward.start()
            if deaf and b"upgrade: websocket" in head.lower():
                answer = b""
                while b"\r\n\r\n" not in answer:
                    answer += inside.recv(65536)
                line.sendall(answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
                upward.join()  # until the client closes
            else:
                _pipe(inside, line)

    return talk


def without_upgrade(head: bytes) -> bytes:
    """Like a proxy that speaks HTTP/1.0 to its backend."""
    lines = head.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith((b"upgrade:", b"connection:")))
