"""What Python's http.client asks of our server. It fails where an answer is not the one that is wanted.

    client.py PORT
"""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)


def ask(method, path, body=None, headers={}, **more):
    connection.request(method, path, body, headers, **more)
    response = connection.getresponse()
    return response.status, response.read(), response


# All of it over one connection.
connection.connect()
socket = connection.sock
for _ in range(5):
    assert ask("GET", "/page")[:2] == (200, b"a page")
status, body, head = ask("HEAD", "/page")
assert (status, body, head.getheader("Content-Length")) == (200, b"", "6")
status, body, head = ask("GET", "/chunks")
assert (status, body, head.getheader("Transfer-Encoding")) == (200, b"in chunks", "chunked")
assert ask("POST", "/echo", b"x" * 70000)[:2] == (200, b"x" * 70000)
assert ask("PUT", "/echo", iter([b"one ", b"two"]), encode_chunked=True)[:2] == (200, b"one two")
assert ask("POST", "/echo", b"")[:2] == (200, b"")
assert ask("DELETE", "/missing")[0] == 404
assert connection.sock is socket, "the connection was kept"
status, body, head = ask("GET", "/page", headers={"Connection": "close"})
assert (status, body, head.getheader("Connection")) == (200, b"a page", "close")
print("all of it")
