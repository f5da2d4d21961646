"""HTTP as a client speaks it: whole requests and answers, or raw bytes for what no client should send."""
import http.client
import json
import select
import socket


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # names in lower case
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:500]!r}"


class Client:
    """One keep-alive connection to one address; not for use by several threads."""

    def __init__(self, address, timeout_s=30):
        self._address = address
        self._timeout_s = timeout_s
        self._connection = None

    def request(self, method, target, body=None, headers=None):
        """`body` is bytes, or anything else to send as JSON. Raises OSError or HTTPException when the
        connection breaks: then nobody knows whether the request was carried out."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("content-type", "application/json")
        if self._connection is not None and self._is_closed_by_peer():
            self.close()
        try:
            if self._connection is None:
                host, port = self._address.rsplit(":", 1)
                self._connection = http.client.HTTPConnection(host, int(port), timeout=self._timeout_s)
            self._connection.request(method, target, body=body, headers=headers)
            response = self._connection.getresponse()
            answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def _is_closed_by_peer(self):
        # Between answers nothing comes but the end of the connection.
        return bool(select.select([self._connection.sock], [], [], 0)[0])

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def request(address, method, target, body=None, headers=None, timeout_s=30):
    """One request on a connection of its own."""
    client = Client(address, timeout_s)
    try:
        return client.request(method, target, body, headers)
    finally:
        client.close()


def free_address():
    """A loopback address that nobody listens on. Another may take it before we do; starting a process
    there then fails, and says so."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % probe.getsockname()[1]


def connect(address, timeout_s=10):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=timeout_s)


def send_raw(address, data, timeout_s=10):
    """Sends bytes as they are and reads one answer. None when the connection closes without one."""
    with connect(address, timeout_s) as raw:
        try:
            raw.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before it was all sent; the answer may be there all the same
        return read_answer(raw)


def read_answer(raw):
    response = http.client.HTTPResponse(raw)
    try:
        response.begin()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    except (http.client.HTTPException, ConnectionResetError):
        return None


def read_statuses(raw, count):
    """The statuses of so many answers to requests that were sent one behind the other."""
    statuses = []
    with raw.makefile("rb") as answers:
        while len(statuses) < count:
            statuses.append(int(answers.readline().split()[1]))
            length = 0
            while line := answers.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            answers.read(length)
    return statuses
