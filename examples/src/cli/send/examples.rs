//! What stands below the help of `send`.

/// Examples below the help.
pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  barewire send 'ip(dst=203.0.113.80)/tcp(dport=80, flags=S)'
  barewire send 'ip(dst=203.0.113.85)/udp(dport=9)/\"hello\"'   nobody listens
  barewire send 'ip6(dst=2001:db8:113::80)/icmp6(id=1, seq=1)' --count 3
  barewire send 'ip(dst=10.0.0.53)/udp()/dns(qname=www.example.test)'
  barewire send 'ip(dst=203.0.113.80, ttl=1)/icmp()'           a router answers
  barewire send 'ip(dst=203.0.113.80)/tcp(chksum=0xbeef)'      wrong on purpose
  barewire send --net raw 'ip(dst=127.0.0.1)/tcp(dport=22)' -w syn.pcapng
  barewire lab run -- barewire send --net raw 'ether()/arp(pdst=10.77.0.2)'
  barewire send --hex 'ip(dst=127.0.0.1)/udp()' | barewire send --from-hex -
  barewire send --rust 'ip(dst=127.0.0.1)/icmp()' > packet.rs
  barewire send --fields tcp                                   what can be said

A packet is headers, parted by /, as in scapy: ether vlan arp ip ip6 hopbyhop
fragment destopts tcp udp icmp icmp6 dns, then raw(\"text\"), hex(00ff), zeros(9)
or a text between quotes. What is not given is filled in: lengths, checksums,
protocols, the source address (from the routing table), a port.

The hosts of the toy internet: 203.0.113.80 2001:db8:113::80 (web), .85 ::85
(nobody listens), .86 ::86 (silent), 10.0.0.53 2001:db8::53 (DNS), with two
routers on the way.

Packets made by hand go to loopback, the lab and the toy internet only;
--i-own-this-network adds private addresses. The kernel writes the length, the
checksum and an id of 0 of an IPv4 header itself; where that would change what
you asked for, the packet leaves in a frame of its own.

Exit codes: 0 answered (or sent, with --no-wait), 1 no answer, 2 usage, no such
  packet, or a destination that is refused, 7 the network cannot be opened,
  23 and 26 files";
