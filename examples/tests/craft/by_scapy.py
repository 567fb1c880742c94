#!/usr/bin/env python3
"""Thirty-eight packets in two languages: that of `barewire send`, and scapy's.

    pip install scapy==2.6.1
    python3 examples/tests/craft/by_scapy.py > examples/tests/craft/by_scapy.txt

prints each with the bytes that scapy makes of it. tests/craft compares them with ours, without scapy. With a device,

    python3 examples/tests/craft/by_scapy.py --send veth0

scapy sends them from there (as root), so that a listener on the other side can compare what was on the wire; `--read
FILE.pcapng` prints what scapy reads in a capture.
"""

import sys
import scapy
from scapy.all import *  # noqa: F403 - the expressions below are scapy's language

A, B = 'src="10.77.0.1", dst="10.77.0.2"', "src=10.77.0.1, dst=10.77.0.2"
A6, B6 = 'src="fd77::1", dst="fd77::2"', "src=fd77::1, dst=fd77::2"
M, N = 'dst="02:00:00:00:00:02", src="02:00:00:00:00:01"', "dst=02:00:00:00:00:02, src=02:00:00:00:00:01"

PACKETS = [
    # TCP over IPv4
    (f"ip({B})/tcp(sport=4000, dport=80, flags=S)", f'IP({A})/TCP(sport=4000, dport=80, flags="S")'),
    (
        f"ip({B}, flags=DF, id=7)/tcp(sport=4000, dport=80, seq=1000, flags=S, window=64240, "
        "options=[mss(1460), sackok, timestamp(1,0), nop, wscale(7)])",
        f'IP({A}, flags="DF", id=7)/TCP(sport=4000, dport=80, seq=1000, flags="S", window=64240, '
        'options=[("MSS", 1460), ("SAckOK", b""), ("Timestamp", (1, 0)), ("NOP", None), ("WScale", 7)])',
    ),
    (
        f'ip({B})/tcp(sport=4000, dport=80, seq=1001, ack=2001, flags=PA)/"GET / HTTP/1.0\\r\\n\\r\\n"',
        f'IP({A})/TCP(sport=4000, dport=80, seq=1001, ack=2001, flags="PA")/Raw(b"GET / HTTP/1.0\\r\\n\\r\\n")',
    ),
    (
        f"ip({B})/tcp(sport=4000, dport=80, seq=4294967295, ack=1, flags=FA, window=0)",
        f'IP({A})/TCP(sport=4000, dport=80, seq=4294967295, ack=1, flags="FA", window=0)',
    ),
    (
        f"ip({B}, ttl=1)/tcp(sport=4000, dport=80, flags=R)",
        f'IP({A}, ttl=1)/TCP(sport=4000, dport=80, flags="R")',
    ),
    (
        f"ip({B})/tcp(sport=4000, dport=80, flags=SEC, urgptr=5)",
        f'IP({A})/TCP(sport=4000, dport=80, flags="SEC", urgptr=5)',
    ),
    (
        f"ip({B})/tcp(sport=4000, dport=80, ack=5, flags=A, options=[nop, nop, sack(100,200,300,400)])",
        f'IP({A})/TCP(sport=4000, dport=80, ack=5, flags="A", '
        'options=[("NOP", None), ("NOP", None), ("SAck", (100, 200, 300, 400))])',
    ),
    (
        f"ip({B})/tcp(sport=4000, dport=80, flags=S, options=[mss(536), eol])",
        f'IP({A})/TCP(sport=4000, dport=80, flags="S", options=[("MSS", 536), ("EOL", None)])',
    ),
    (
        f"ip({B})/tcp(sport=4000, dport=80, flags=S, options=[hex(fd04 00ff)])",
        f'IP({A})/TCP(sport=4000, dport=80, flags="S", options=[(253, b"\\x00\\xff")])',
    ),
    # wrong on purpose
    (
        f"ip({B})/tcp(sport=4000, dport=80, flags=S, chksum=0xbeef)",
        f'IP({A})/TCP(sport=4000, dport=80, flags="S", chksum=0xbeef)',
    ),
    (
        f"ip({B}, chksum=0xbeef)/tcp(sport=4000, dport=80, flags=S)",
        f'IP({A}, chksum=0xbeef)/TCP(sport=4000, dport=80, flags="S")',
    ),
    (
        f"ip({B})/tcp(sport=4000, dport=80, flags=S, dataofs=4, reserved=5)",
        f'IP({A})/TCP(sport=4000, dport=80, flags="S", dataofs=4, reserved=5)',
    ),
    (f"ip({B}, version=5, ihl=3)/udp(sport=4000, dport=9)", f"IP({A}, version=5, ihl=3)/UDP(sport=4000, dport=9)"),
    (f"ip({B}, len=4000)/tcp(sport=4000, dport=80)", f"IP({A}, len=4000)/TCP(sport=4000, dport=80)"),
    # IPv4 and its options
    (
        f"ip({B}, options=[ra(0)])/udp(sport=4000, dport=9)",
        f"IP({A}, options=[IPOption_Router_Alert()])/UDP(sport=4000, dport=9)",
    ),
    (
        f"ip({B}, options=[rr(3), nop])/icmp(id=1, seq=1)",
        f'IP({A}, options=[IPOption_RR(routers=["0.0.0.0"] * 3), IPOption_NOP()])/ICMP(id=1, seq=1)',
    ),
    (
        f"ip({B}, options=[nop, hex(8303 04)])/udp(sport=4000, dport=9)",
        f"IP({A}, options=[IPOption_NOP(), IPOption_LSRR(routers=[])])/UDP(sport=4000, dport=9)",
    ),
    (
        f"ip({B}, options=[lsrr(10.77.0.9)])/udp(sport=4000, dport=9)",
        f'IP({A}, options=[IPOption_LSRR(routers=["10.77.0.9"])])/UDP(sport=4000, dport=9)',
    ),
    (
        f"ip({B}, tos=0xb8, id=4660, flags=MF, frag=185, proto=17)/hex(00010203 04050607)",
        f'IP({A}, tos=0xb8, id=4660, flags="MF", frag=185, proto=17)/Raw(bytes(range(8)))',
    ),
    (f"ip({B}, proto=132)/zeros(12)", f"IP({A}, proto=132)/Raw(bytes(12))"),
    (f"ip({B})/ip({B}, ttl=9)/udp(sport=1, dport=2)", f"IP({A})/IP({A}, ttl=9)/UDP(sport=1, dport=2)"),
    # UDP and DNS
    (f'ip({B})/udp(sport=4000, dport=9)/"abc"', f'IP({A})/UDP(sport=4000, dport=9)/Raw(b"abc")'),
    (f"ip({B})/udp(sport=4000, dport=9, len=2, chksum=0)", f"IP({A})/UDP(sport=4000, dport=9, len=2, chksum=0)"),
    (
        f"ip({B})/udp(sport=4000, dport=53)/dns(id=0x1234, qname=www.example.test, qtype=AAAA)",
        f'IP({A})/UDP(sport=4000, dport=53)/DNS(id=0x1234, qd=DNSQR(qname="www.example.test", qtype="AAAA"))',
    ),
    (
        f"ip6({B6})/udp(sport=4000, dport=53)/dns(id=7, rd=0, cd=1, opcode=2, qname=a.test, qtype=TXT, qclass=3)",
        f'IPv6({A6})/UDP(sport=4000, dport=53)/DNS(id=7, rd=0, cd=1, opcode=2, '
        'qd=DNSQR(qname="a.test", qtype="TXT", qclass=3))',
    ),
    # ICMP
    (f'ip({B})/icmp(id=1, seq=2)/"hello"', f'IP({A})/ICMP(id=1, seq=2)/Raw(b"hello")'),
    (
        f"ip({B})/icmp(type=3, code=4, mtu=1280)/ip(src=10.77.0.2, dst=10.77.0.1)/udp(sport=9, dport=4000)",
        f'IP({A})/ICMP(type=3, code=4, nexthopmtu=1280)/IP(src="10.77.0.2", dst="10.77.0.1")/UDP(sport=9, dport=4000)',
    ),
    (
        f"ip({B})/icmp(type=redirect, code=1, gw=10.77.0.9)",
        f'IP({A})/ICMP(type=5, code=1, gw="10.77.0.9")',
    ),
    # IPv6 and its extension headers
    (
        f"ip6({B6})/tcp(sport=4000, dport=80, flags=S, options=[mss(1440)])",
        f'IPv6({A6})/TCP(sport=4000, dport=80, flags="S", options=[("MSS", 1440)])',
    ),
    (
        f'ip6({B6}, tc=0xb8, fl=0x12345, hlim=3)/icmp6(id=1, seq=2)/"hello"',
        f'IPv6({A6}, tc=0xb8, fl=0x12345, hlim=3)/ICMPv6EchoRequest(id=1, seq=2, data=b"hello")',
    ),
    (
        f"ip6({B6})/hopbyhop(options=[ra(0)])/icmp6(id=1, seq=2)",
        f"IPv6({A6})/IPv6ExtHdrHopByHop(options=[RouterAlert()])/ICMPv6EchoRequest(id=1, seq=2)",
    ),
    (
        f"ip6({B6})/destopts(options=[padn(4)])/udp(sport=4000, dport=9)",
        f"IPv6({A6})/IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))])/UDP(sport=4000, dport=9)",
    ),
    (
        f"ip6({B6})/fragment(id=99, offset=185, m=1, nh=17)/hex(00010203 04050607)",
        f"IPv6({A6})/IPv6ExtHdrFragment(id=99, offset=185, m=1, nh=17)/Raw(bytes(range(8)))",
    ),
    (f"ip6({B6}, plen=9, nh=59)", f"IPv6({A6}, plen=9, nh=59)"),
    # the link
    (
        f"ether({N})/ip({B})/icmp(id=1, seq=1)",
        f"Ether({M})/IP({A})/ICMP(id=1, seq=1)",
    ),
    (
        f"ether({N})/vlan(id=10, prio=5, dei=1)/ip({B})/udp(sport=4000, dport=9)",
        f"Ether({M})/Dot1Q(vlan=10, prio=5, dei=1)/IP({A})/UDP(sport=4000, dport=9)",
    ),
    (
        f"ether({N})/vlan(id=10)/vlan(id=20)/ip6({B6})/icmp6(id=1, seq=1)",
        f"Ether({M})/Dot1Q(vlan=10)/Dot1Q(vlan=20)/IPv6({A6})/ICMPv6EchoRequest(id=1, seq=1)",
    ),
    (
        "ether(dst=ff:ff:ff:ff:ff:ff, src=02:00:00:00:00:01)/vlan(id=10)/"
        "arp(hwsrc=02:00:00:00:00:01, psrc=10.77.0.1, pdst=10.77.0.2)",
        'Ether(dst="ff:ff:ff:ff:ff:ff", src="02:00:00:00:00:01")/Dot1Q(vlan=10)/'
        'ARP(hwsrc="02:00:00:00:00:01", psrc="10.77.0.1", hwdst="00:00:00:00:00:00", pdst="10.77.0.2")',
    ),
]


def made(expression):
    return eval(expression)


def record():
    print(f"# What scapy {scapy.VERSION} makes of the packets in by_scapy.py, which wrote this file.")
    for ours, theirs in PACKETS:
        print(f"\n{ours}\n{theirs}\n{bytes(made(theirs)).hex()}")


def send(device):
    for _, theirs in PACKETS:
        packet = made(theirs)
        frame = packet if isinstance(packet, Ether) else Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01") / packet
        sendp(frame, iface=device, verbose=False)


def read(file):
    packets = rdpcap(file)
    for packet in packets:
        print(f"{packet.time:.9f} {packet.comment or b''} {packet.summary()}")
    print(f"{len(packets)} packets")


if sys.argv[1:2] == ["--send"]:
    send(sys.argv[2])
elif sys.argv[1:2] == ["--read"]:
    read(sys.argv[2])
else:
    record()
