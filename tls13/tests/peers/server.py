"""A page over tlslite-ng: server.py HOST PORT [GROUP]. cert.pem and key.pem lie in the working directory. Its
HelloRetryRequest has a cookie."""

import socket
import sys
import traceback

from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

GROUPS = {"X25519": "x25519", "P-256": "secp256r1", "P-384": "secp384r1"}

host, port, *group = sys.argv[1:]
chain = X509CertChain()
chain.parsePemList(open("cert.pem").read())
key = parsePEMKey(open("key.pem").read(), private=True)
settings = HandshakeSettings()
settings.minVersion = (3, 4)
settings.ticketKeys = [bytearray(range(32))]
if group:
    settings.eccCurves = [GROUPS[name] for name in group]
    settings.dhGroups, settings.keyShares = [], []

listener = socket.create_server((host, int(port)))
while True:
    connection = TLSConnection(listener.accept()[0])
    try:
        connection.handshakeServer(certChain=chain, privateKey=key, settings=settings)
        connection.read(1)
        connection.write(b"HTTP/1.0 200 OK\r\n\r\ntlslite\n")
        connection.close()
    except Exception:
        # A client that connects and says nothing is such a case, too.
        traceback.print_exc()
