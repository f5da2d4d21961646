"""A merchant's webhook endpoint: keeps what it gets, and answers as it is told."""
import collections
import http.server
import json
import threading
import time

Delivery = collections.namedtuple("Delivery", "at headers body")


class Receiver:
    def __init__(self):
        self._arrived = threading.Condition()
        self._deliveries = []
        self._behaviours = collections.deque()
        self._closing = threading.Event()
        self.behaviour = answer(200)
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d/webhooks" % self._server.server_address[1]

    def then(self, *behaviours):
        """The next deliveries are treated so, in this order; later ones by `behaviour`."""
        self._behaviours.extend(behaviours)

    def deliveries(self, event_type=None):
        with self._arrived:
            return [d for d in self._deliveries if event_type is None or json.loads(d.body)["event_type"] == event_type]

    def wait_for(self, count, event_type=None, timeout_s=20):
        deadline = time.monotonic() + timeout_s
        with self._arrived:
            while True:
                found = [d for d in self._deliveries if event_type is None or json.loads(d.body)["event_type"] == event_type]
                if len(found) >= count:
                    return found
                if not self._arrived.wait(deadline - time.monotonic()):
                    raise AssertionError(f"{len(found)} of {count} webhooks ({event_type or 'any'}) came within {timeout_s} s")

    def stop(self):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                with receiver._arrived:
                    behave = receiver._behaviours.popleft() if receiver._behaviours else receiver.behaviour
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    receiver._deliveries.append(Delivery(time.monotonic(), headers, body))
                    receiver._arrived.notify_all()
                try:
                    behave(self, receiver._closing)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the sender had enough

            def log_message(self, *arguments):
                pass

        return Handler


def answer(status, headers=None):
    """Answers at once."""
    def behave(handler, _):
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("content-length", "0")
        handler.end_headers()
    return behave


def hang():
    """Takes the request and never answers."""
    def behave(handler, closing):
        closing.wait()
        handler.close_connection = True
    return behave


def dribble():
    """Answers a byte at a time, for ever."""
    def behave(handler, closing):
        for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 10_000:
            if closing.wait(0.5):
                break
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
        handler.close_connection = True
    return behave
