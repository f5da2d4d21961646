"""A gate between switch and gateway: forwards HTTP requests, and holds them where a test wants to look,
or to kill the switch at exactly that point; or gives more answers than were asked for."""
import contextlib
import http.client
import http.server
import itertools
import socket
import threading


class Gate:
    def __init__(self, target):
        """`target`: the gateway's address, host:port."""
        self._target = target
        self._request_held = threading.Event()
        self._answer_held = threading.Event()
        self._open_requests = threading.Event()
        self._open_answers = threading.Event()
        self._closing = threading.Event()
        self._connections = {}  # those that are open, by number
        self._numbers = itertools.count(1)
        self._last_answer = b""
        self._double = None
        self.carried = []  # for each request that came, the number of its connection
        self.answered = []  # the same of those whose answers went
        self.open()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def stripe_url(self):
        return "http://127.0.0.1:%d/stripe" % self._server.server_address[1]

    def hold_requests(self):
        """Requests come in and go no further."""
        self._request_held.clear()
        self._open_requests.clear()

    def hold_answers(self):
        """Requests reach the gateway; its answers stay here."""
        self._answer_held.clear()
        self._open_answers.clear()

    def open(self):
        """What is held stays lost: whoever waited for it is gone. What comes from now on passes."""
        self._open_requests.set()
        self._open_answers.set()

    def double_next_answer(self, place):
        """With the next answer goes a copy of the last one: "before" it, or "behind" it."""
        self._double = place

    def answer_unasked(self):
        """A copy of the last answer, on every connection. Returns their numbers."""
        numbers = list(self._connections)
        for number in numbers:
            self._connections[number].sendall(self._last_answer)
        return numbers

    def close_connections(self):
        for number in list(self._connections):
            with contextlib.suppress(KeyError, OSError):  # the switch was faster
                self._connections.pop(number).shutdown(socket.SHUT_RDWR)

    def wait_for_request(self, timeout_s=20):
        assert self._request_held.wait(timeout_s), "no request came to the gate"

    def wait_for_answer(self, timeout_s=20):
        assert self._answer_held.wait(timeout_s), "no answer came to the gate"

    def stop(self):
        self._closing.set()
        self.open()
        self._server.shutdown()
        self._server.server_close()

    def _begin_answer(self, handler):
        self.carried.append(handler.number)
        if self._double == "before":
            self._double = None
            handler.wfile.write(self._last_answer)

    def _end_answer(self, handler, answer):
        copy = b""
        if self._double == "behind":
            self._double, copy = None, self._last_answer
        self._last_answer = answer
        try:
            handler.wfile.write(answer + copy)
        finally:
            self.answered.append(handler.number)

    def _handler(self):
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                self.number = next(gate._numbers)
                gate._connections[self.number] = self.connection

            def finish(self):
                gate._connections.pop(self.number, None)
                super().finish()

            def handle(self):
                try:
                    super().handle()
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the switch had read enough

            def _pass(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if not gate._open_requests.is_set():
                    gate._request_held.set()
                    gate._open_requests.wait()
                    self.close_connection = True
                    return  # lost
                gate._begin_answer(self)
                connection = http.client.HTTPConnection(gate._target, timeout=60)
                connection.request(self.command, self.path, body, dict(self.headers.items()))
                answer = connection.getresponse()
                answer_body = answer.read()
                connection.close()
                if not gate._open_answers.is_set():
                    gate._answer_held.set()
                    gate._open_answers.wait()
                    self.close_connection = True
                    return  # lost
                gate._end_answer(self, _bytes_of(answer, answer_body))

            do_GET = do_POST = do_DELETE = _pass

            def log_message(self, *arguments):
                pass

        return Handler


def _bytes_of(answer, body):
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in answer.getheaders()
              if name.lower() not in ("content-length", "transfer-encoding", "connection")]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
