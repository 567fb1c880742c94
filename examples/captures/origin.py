"""An HTTP/1.1 server for record.sh, for the answers that nginx does not give: trailers, close-delimited and cut bodies.

    origin.py ADDRESS PORT
"""

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Origin(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "origin"
    sys_version = ""

    def log_message(self, *_):
        pass

    def head(self, *fields):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()

    def chunk(self, data, extension=""):
        self.wfile.write(b"%x%s\r\n%s\r\n" % (len(data), extension.encode(), data))
        self.wfile.flush()

    def do_GET(self):
        if self.path == "/stream":
            self.head(("Transfer-Encoding", "chunked"))
            for i in range(4):
                self.chunk(b"part %d\n" % i)
                time.sleep(0.05)
            self.wfile.write(b"0\r\n\r\n")
        elif self.path == "/trailers":
            self.head(("Transfer-Encoding", "chunked"), ("Trailer", "Digest-Of-All, Lines"))
            self.chunk(b"first\n", ";name=value")
            self.chunk(b"second\n", ';q="quoted; text"')
            self.wfile.write(b"0\r\nDigest-Of-All: none\r\nLines: 2\r\n\r\n")
        elif self.path == "/close":
            self.head(("Connection", "close"))
            self.wfile.write(b"the end of this text is the end of the connection\n")
            self.close_connection = True
        elif self.path == "/short":
            self.head(("Content-Length", "100"))
            self.wfile.write(b"forty bytes of the hundred announced\r\n\r\n")
            self.close_connection = True
        elif self.path == "/cut":
            self.head(("Transfer-Encoding", "chunked"))
            self.chunk(b"a chunk, and then the connection closes\n")
            self.close_connection = True
        else:
            self.send_error(404)

    def do_POST(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = b"%d bytes received\n" % len(body)
        self.head(("Content-Length", str(len(answer))))
        self.wfile.write(answer)


address, port = sys.argv[1:]
ThreadingHTTPServer((address, int(port)), Origin).serve_forever()
