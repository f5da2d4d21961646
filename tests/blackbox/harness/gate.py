"""A gate between switch and gateway: forwards HTTP requests, and holds them where a test wants to look,
or to kill the switch at exactly that point."""
import http.client
import http.server
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

    def wait_for_request(self, timeout_s=20):
        assert self._request_held.wait(timeout_s), "no request came to the gate"

    def wait_for_answer(self, timeout_s=20):
        assert self._answer_held.wait(timeout_s), "no answer came to the gate"

    def stop(self):
        self._closing.set()
        self.open()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if not gate._open_requests.is_set():
                    gate._request_held.set()
                    gate._open_requests.wait()
                    self.close_connection = True
                    return  # lost
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
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer_body)))
                self.end_headers()
                self.wfile.write(answer_body)

            do_GET = do_POST = do_DELETE = _pass

            def log_message(self, *arguments):
                pass

        return Handler
