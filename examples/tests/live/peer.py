"""An HTTPS server for the live tests whose answers are chosen by the path: what no honest server sends, on purpose.

    peer.py ADDRESS PORT CERTIFICATE KEY
"""

import socket
import ssl
import sys
import threading
import time

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
FORTY = b"forty bytes: a line of text and its end\n"

# path: (what is sent, how it ends). "close": close_notify, then FIN. "cut": FIN alone, as when an attacker cuts the line.
ANSWERS = {
    "/whole": (OK + b"Content-Length: 40\r\n\r\n" + FORTY, "close"),
    "/until-close": (OK + b"Connection: close\r\n\r\n" + FORTY, "close"),
    "/until-cut": (OK + b"Connection: close\r\n\r\n" + FORTY, "cut"),
    "/short": (OK + b"Content-Length: 100\r\n\r\n" + FORTY, "close"),
    "/short-cut": (OK + b"Content-Length: 100\r\n\r\n" + FORTY, "cut"),
    "/short-chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n28\r\n" + FORTY + b"\r\n", "close"),
    "/both": (OK + b"Content-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n28\r\n" + FORTY + b"\r\n0\r\n\r\n", "close"),
    "/bare-lf": (b"HTTP/1.1 200 OK\nContent-Length: 40\n\n" + FORTY, "close"),
    "/folded": (OK + b"X-Folded: one\r\n two\r\nContent-Length: 40\r\n\r\n" + FORTY, "close"),
    "/two-lengths": (OK + b"Content-Length: 40\r\nContent-Length: 41\r\n\r\n" + FORTY, "close"),
    "/bad-chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n" + FORTY + b"\r\n0\r\n\r\n", "close"),
    "/not-http": (b"220 mail.live.test ESMTP ready\r\n\r\n", "close"),
    "/nothing": (b"", "close"),
    "/stall": (OK + b"Content-Length: 100\r\n\r\n" + FORTY, "stall"),
}


def answer(connection, context):
    # Without this, Nagle's algorithm keeps an answer back while a ticket is not acknowledged, and a reset then drops it.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        tls = context.wrap_socket(connection, server_side=True)
        request = b""
        while b"\r\n\r\n" not in request:
            part = tls.recv(4096)
            if not part:
                return
            request += part
        data, end = ANSWERS[request.split()[1].decode()]
        tls.sendall(data)
        if end == "stall":
            time.sleep(60)
        if end == "close":
            tls.unwrap()
        else:
            tls.shutdown(socket.SHUT_RDWR)
        tls.close()
    except OSError:
        pass


address, port, certificate, key = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
listener = socket.create_server((address, int(port)))
while True:
    connection, _ = listener.accept()
    threading.Thread(target=answer, args=(connection, context), daemon=True).start()
