"""One end of a TCP connection over the kernel's TCP, for record.sh.

    peer.py serve ADDRESS PORT echo | drop | send BYTES | pause BYTES SECONDS | stall SECONDS
    peer.py connect ADDRESS PORT talk | read | reset | push BYTES | fast
"""

import socket
import struct
import sys
import time


def pattern(count):
    """Bytes that tell where in the stream they stand: lines of 16, numbered."""
    return b"".join(b"line %09d\r\n" % (i % 10**9) for i in range(count // 16 + 1))[:count]


def read_all(conn):
    total = b""
    while chunk := conn.recv(65536):
        total += chunk
    return total


def throw_away(conn):
    """Close with SO_LINGER 0: the kernel sends RST and forgets the connection."""
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()


def serve(address, port, action, *amount):
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    if action == "stall":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    if action == "echo":
        # What this says counts only where net.ipv4.tcp_fastopen lets servers do it.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    listener.bind((address, port))
    listener.listen()
    while True:
        conn, _ = listener.accept()
        if action == "echo":
            try:
                conn.sendall(b"echo: " + read_all(conn))
            except ConnectionResetError:
                pass
        elif action == "send":
            conn.sendall(pattern(int(amount[0])))
            conn.shutdown(socket.SHUT_WR)
            read_all(conn)
        elif action == "pause":
            conn.sendall(pattern(int(amount[0])))
            time.sleep(float(amount[1]))
            conn.shutdown(socket.SHUT_WR)
            read_all(conn)
        elif action == "stall":
            time.sleep(float(amount[0]))
            read_all(conn)
        elif action == "drop":
            time.sleep(0.2)
        conn.close()


def connect(address, port, action, *amount):
    conn = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    if action == "fast":
        # The SYN carries the line, once the kernel has a cookie of this server (RFC 7413).
        conn.sendto(b"hello\r\n", socket.MSG_FASTOPEN, (address, port))
        conn.shutdown(socket.SHUT_WR)
        read_all(conn)
        conn.close()
        return
    conn.connect((address, port))
    if action == "talk":
        try:
            conn.sendall(b"hello\r\n")
            conn.shutdown(socket.SHUT_WR)
            read_all(conn)
        except ConnectionResetError:
            pass
    elif action == "read":
        read_all(conn)
    elif action == "push":
        conn.sendall(pattern(int(amount[0])))
        conn.shutdown(socket.SHUT_WR)
        read_all(conn)
    elif action == "reset":
        conn.sendall(b"hello\r\n")
        time.sleep(0.1)
        throw_away(conn)
        return
    conn.close()


role, address, port, action, *amount = sys.argv[1:]
{"serve": serve, "connect": connect}[role](address, int(port), action, *amount)
