"""A tap on everything that comes to the switch by its public address: gateways' callbacks, payers' browsers.
Keeps each request with the switch's answer; on demand it keeps them from the switch."""
import collections
import http.server
import threading

from . import wire

Delivery = collections.namedtuple("Delivery", "target headers body answer")


class Tap:
    def __init__(self, address_of_switch):
        """`address_of_switch` is asked at each request: the switch may start later."""
        self._address_of_switch = address_of_switch
        self._arrived = threading.Condition()
        self._deliveries = []
        self.shut = False  # what comes is kept, answered with 503, and goes no further
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self._server.server_address[1]

    def deliveries(self, target):
        """What came to this path."""
        with self._arrived:
            return [each for each in self._deliveries if each.target == target]

    def wait_for(self, target, count=1, timeout_s=20):
        with self._arrived:
            if not self._arrived.wait_for(lambda: sum(each.target == target for each in self._deliveries) >= count, timeout_s):
                raise AssertionError(f"{count} requests to {target} did not come within {timeout_s} s")
        return self.deliveries(target)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        tap = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                if tap.shut:
                    answer = wire.Answer(503, {}, b"")
                else:
                    try:
                        answer = wire.request(tap._address_of_switch(), self.command, self.path, body or None, headers)
                    except OSError:  # the switch is gone
                        self.close_connection = True
                        return
                self.send_response(answer.status)
                for name in ("content-type", "location"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
                with tap._arrived:
                    tap._deliveries.append(Delivery(self.path, headers, body, answer))
                    tap._arrived.notify_all()

            do_GET = do_POST = _pass

            def log_message(self, *arguments):
                pass

        return Handler
