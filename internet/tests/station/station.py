"""One end of a wire: sends the packets it is given in hex, one a line, and prints those that it receives."""
import os
import socket
import sys
import threading

# All ends on one processor: packets are handled in the order in which they were sent.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
device, router = sys.argv[1], bytes.fromhex(sys.argv[2].replace(":", ""))
wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
wire.bind((device, 0))


def receive():
    print("ready", flush=True)
    while True:
        packet, (_, _, kind, _, _) = wire.recvfrom(65536)
        if kind == 0:  # to this host
            print(packet.hex(), flush=True)


threading.Thread(target=receive, daemon=True).start()
for line in sys.stdin:
    packet = bytes.fromhex(line.strip())
    wire.sendto(packet, (device, 0x86DD if packet[0] >> 4 == 6 else 0x0800, 0, 0, router))
