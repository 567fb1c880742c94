"""The wires of the lab in a network namespace: three TUN devices.

A line "lan0 HEX" on standard input is a packet that comes in by that device. What the kernel sends because of it is
printed in the same form, then a line with a dot. A line "states" prints the states of TCP connections that conntrack
knows, each in a line.
"""
import fcntl, os, select, struct, sys

devices = {}
for name in sys.argv[1:]:
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, 0x400454CA, struct.pack("16sH22s", name.encode(), 0x1001, b""))
    devices[name] = device
print(".", flush=True)

# How long nothing must come before all has come. The kernel answers before a write returns.
QUIET = 0.01


def drain():
    while True:
        ready, _, _ = select.select(list(devices.values()), [], [], QUIET)
        if not ready:
            return
        for name, device in devices.items():
            if device in ready:
                print(name, os.read(device, 65536).hex())


for line in sys.stdin:
    words = line.split()
    if words == ["states"]:
        for entry in open("/proc/net/nf_conntrack"):
            fields = entry.split()
            if fields[2] == "tcp":
                print(fields[5])
    else:
        if len(words) == 2:
            os.write(devices[words[0]], bytes.fromhex(words[1]))
        drain()
    print(".", flush=True)
