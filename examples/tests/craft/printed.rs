// What `barewire send --rust` prints: see `rust.rs`.

use std::net::{Ipv4Addr, Ipv6Addr};

use barewire_packet::checksum::{checksum, pseudo_header};

/// ip(src=10.77.0.1, dst=10.77.0.2)/tcp(sport=4000, dport=80, flags=S, options=[mss(1460), nop, wscale(7)])
fn syn() -> Vec<u8> {
    let source = Ipv4Addr::new(10, 77, 0, 1);
    let destination = Ipv4Addr::new(10, 77, 0, 2);

    // TCP (RFC 9293 §3.1)
    let mut tcp: Vec<u8> = Vec::new();
    tcp.extend(4000_u16.to_be_bytes()); // sport
    tcp.extend(80_u16.to_be_bytes()); // dport
    tcp.extend(0_u32.to_be_bytes()); // seq
    tcp.extend(0_u32.to_be_bytes()); // ack
    tcp.push(7 << 4 | 0); // dataofs, reserved
    tcp.push(0x2); // flags
    tcp.extend(8192_u16.to_be_bytes()); // window
    tcp.extend([0, 0]); // chksum, see below
    tcp.extend(0_u16.to_be_bytes()); // urgptr
    tcp.extend([0x02, 0x04, 0x05, 0xb4]); // mss(1460)
    tcp.extend([0x01]); // nop
    tcp.extend([0x03, 0x03, 0x07]); // wscale(7)
    let mut sum = pseudo_header(source.into(), destination.into(), 6, tcp.len());
    sum.add(&tcp);
    let sum: u16 = sum.checksum();
    tcp[16..18].copy_from_slice(&sum.to_be_bytes());

    // IPv4 (RFC 791 §3.1)
    let mut ip: Vec<u8> = Vec::new();
    ip.push(4 << 4 | 5); // version, ihl
    ip.push(0x0); // tos
    ip.extend(((20 + tcp.len()) as u16).to_be_bytes()); // len
    ip.extend(1_u16.to_be_bytes()); // id
    ip.extend(u16::to_be_bytes(0x0 << 13 | 0)); // flags, frag
    ip.push(64); // ttl
    ip.push(6); // proto
    ip.extend([0, 0]); // chksum, see below
    ip.extend(source.octets()); // src
    ip.extend(destination.octets()); // dst
    ip.extend(tcp);
    let sum = checksum(&ip[..20]);
    ip[10..12].copy_from_slice(&sum.to_be_bytes());
    ip
}

/// ip6(src=fd77::1, dst=fd77::2)/udp(sport=4000)/dns(id=7, qname=www.example.test, qtype=AAAA)
fn query() -> Vec<u8> {
    let source = Ipv6Addr::new(0xfd77, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x1);
    let destination = Ipv6Addr::new(0xfd77, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2);

    // DNS (RFC 1035 §4.1.1)
    let mut dns: Vec<u8> = Vec::new();
    dns.extend(0x7_u16.to_be_bytes()); // id
    dns.push(0 << 7 | 0 << 3 | 0 << 2 | 0 << 1 | 1); // qr, opcode, aa, tc, rd
    dns.push(0 << 7 | 0 << 6 | 0 << 5 | 0 << 4 | 0); // ra, z, ad, cd, rcode
    dns.extend(1_u16.to_be_bytes()); // qdcount
    dns.extend(0_u16.to_be_bytes()); // ancount
    dns.extend(0_u16.to_be_bytes()); // nscount
    dns.extend(0_u16.to_be_bytes()); // arcount
    dns.extend([
        0x03, 0x77, 0x77, 0x77, 0x07, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65,
        0x04, 0x74, 0x65, 0x73, 0x74, 0x00,
    ]); // qname
    dns.extend(28_u16.to_be_bytes()); // qtype
    dns.extend(1_u16.to_be_bytes()); // qclass

    // UDP (RFC 768)
    let mut udp: Vec<u8> = Vec::new();
    udp.extend(4000_u16.to_be_bytes()); // sport
    udp.extend(53_u16.to_be_bytes()); // dport
    udp.extend(((8 + dns.len()) as u16).to_be_bytes()); // len
    udp.extend([0, 0]); // chksum, see below
    udp.extend(dns);
    let mut sum = pseudo_header(source.into(), destination.into(), 17, udp.len());
    sum.add(&udp);
    let sum: u16 = match sum.checksum() { 0 => 0xffff, sum => sum };
    udp[6..8].copy_from_slice(&sum.to_be_bytes());

    // IPv6 (RFC 8200 §3)
    let mut ip6: Vec<u8> = Vec::new();
    ip6.extend(u32::to_be_bytes(6 << 28 | 0x0 << 20 | 0x0)); // version, tc, fl
    ip6.extend((udp.len() as u16).to_be_bytes()); // plen
    ip6.push(17); // nh
    ip6.push(64); // hlim
    ip6.extend(source.octets()); // src
    ip6.extend(destination.octets()); // dst
    ip6.extend(udp);
    ip6
}

/// ip(src=10.77.0.1, dst=10.77.0.2, options=[ra(0)])/icmp(id=1, seq=2)/"hello\n"
fn ping() -> Vec<u8> {
    // bytes, as text
    let mut raw: Vec<u8> = Vec::new();
    raw.extend(b"hello\n"); // load

    // ICMP (RFC 792)
    let mut icmp: Vec<u8> = Vec::new();
    icmp.push(8); // type
    icmp.push(0); // code
    icmp.extend([0, 0]); // chksum, see below
    icmp.extend(1_u16.to_be_bytes()); // id
    icmp.extend(2_u16.to_be_bytes()); // seq
    icmp.extend(raw);
    let sum = checksum(&icmp);
    icmp[2..4].copy_from_slice(&sum.to_be_bytes());

    // IPv4 (RFC 791 §3.1)
    let mut ip: Vec<u8> = Vec::new();
    ip.push(4 << 4 | 6); // version, ihl
    ip.push(0x0); // tos
    ip.extend(((24 + icmp.len()) as u16).to_be_bytes()); // len
    ip.extend(1_u16.to_be_bytes()); // id
    ip.extend(u16::to_be_bytes(0x0 << 13 | 0)); // flags, frag
    ip.push(64); // ttl
    ip.push(1); // proto
    ip.extend([0, 0]); // chksum, see below
    ip.extend(Ipv4Addr::new(10, 77, 0, 1).octets()); // src
    ip.extend(Ipv4Addr::new(10, 77, 0, 2).octets()); // dst
    ip.extend([0x94, 0x04, 0x00, 0x00]); // ra(0)
    ip.extend(icmp);
    let sum = checksum(&ip[..24]);
    ip[10..12].copy_from_slice(&sum.to_be_bytes());
    ip
}

/// ip6(src=fd77::1, dst=fd77::2)/hopbyhop(options=[ra(0)])/icmp6(id=1, seq=2)/zeros(20)
fn ping6() -> Vec<u8> {
    let source = Ipv6Addr::new(0xfd77, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x1);
    let destination = Ipv6Addr::new(0xfd77, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2);

    // bytes of zero
    let mut zeros: Vec<u8> = Vec::new();
    zeros.extend([0; 20]); // load

    // ICMPv6 (RFC 4443 §2.1)
    let mut icmp6: Vec<u8> = Vec::new();
    icmp6.push(128); // type
    icmp6.push(0); // code
    icmp6.extend([0, 0]); // chksum, see below
    icmp6.extend(1_u16.to_be_bytes()); // id
    icmp6.extend(2_u16.to_be_bytes()); // seq
    icmp6.extend(zeros);
    let mut sum = pseudo_header(source.into(), destination.into(), 58, icmp6.len());
    sum.add(&icmp6);
    let sum: u16 = sum.checksum();
    icmp6[2..4].copy_from_slice(&sum.to_be_bytes());

    // hop-by-hop options (RFC 8200 §4.3)
    let mut hopbyhop: Vec<u8> = Vec::new();
    hopbyhop.push(58); // nh
    hopbyhop.push(0); // len
    hopbyhop.extend([0x05, 0x02, 0x00, 0x00]); // ra(0)
    hopbyhop.extend([0x01, 0x00]); // padding
    hopbyhop.extend(icmp6);

    // IPv6 (RFC 8200 §3)
    let mut ip6: Vec<u8> = Vec::new();
    ip6.extend(u32::to_be_bytes(6 << 28 | 0x0 << 20 | 0x0)); // version, tc, fl
    ip6.extend((hopbyhop.len() as u16).to_be_bytes()); // plen
    ip6.push(0); // nh
    ip6.push(64); // hlim
    ip6.extend(source.octets()); // src
    ip6.extend(destination.octets()); // dst
    ip6.extend(hopbyhop);
    ip6
}

/// ip(src=10.0.0.1, dst=10.0.0.2)/icmp(type=3, code=4, mtu=1280)/ip(src=10.0.0.2, dst=10.0.0.9)/udp(sport=9)
fn error() -> Vec<u8> {
    let source_2 = Ipv4Addr::new(10, 0, 0, 2);
    let destination_2 = Ipv4Addr::new(10, 0, 0, 9);

    // UDP (RFC 768)
    let mut udp: Vec<u8> = Vec::new();
    udp.extend(9_u16.to_be_bytes()); // sport
    udp.extend(53_u16.to_be_bytes()); // dport
    udp.extend(((8 + 0) as u16).to_be_bytes()); // len
    udp.extend([0, 0]); // chksum, see below
    let mut sum = pseudo_header(source_2.into(), destination_2.into(), 17, udp.len());
    sum.add(&udp);
    let sum: u16 = match sum.checksum() { 0 => 0xffff, sum => sum };
    udp[6..8].copy_from_slice(&sum.to_be_bytes());

    // IPv4 (RFC 791 §3.1)
    let mut ip_2: Vec<u8> = Vec::new();
    ip_2.push(4 << 4 | 5); // version, ihl
    ip_2.push(0x0); // tos
    ip_2.extend(((20 + udp.len()) as u16).to_be_bytes()); // len
    ip_2.extend(1_u16.to_be_bytes()); // id
    ip_2.extend(u16::to_be_bytes(0x0 << 13 | 0)); // flags, frag
    ip_2.push(64); // ttl
    ip_2.push(17); // proto
    ip_2.extend([0, 0]); // chksum, see below
    ip_2.extend(source_2.octets()); // src
    ip_2.extend(destination_2.octets()); // dst
    ip_2.extend(udp);
    let sum = checksum(&ip_2[..20]);
    ip_2[10..12].copy_from_slice(&sum.to_be_bytes());

    // ICMP (RFC 792)
    let mut icmp: Vec<u8> = Vec::new();
    icmp.push(3); // type
    icmp.push(4); // code
    icmp.extend([0, 0]); // chksum, see below
    icmp.extend(0_u16.to_be_bytes()); // id
    icmp.extend(1280_u16.to_be_bytes()); // mtu
    icmp.extend(ip_2);
    let sum = checksum(&icmp);
    icmp[2..4].copy_from_slice(&sum.to_be_bytes());

    // IPv4 (RFC 791 §3.1)
    let mut ip: Vec<u8> = Vec::new();
    ip.push(4 << 4 | 5); // version, ihl
    ip.push(0x0); // tos
    ip.extend(((20 + icmp.len()) as u16).to_be_bytes()); // len
    ip.extend(1_u16.to_be_bytes()); // id
    ip.extend(u16::to_be_bytes(0x0 << 13 | 0)); // flags, frag
    ip.push(64); // ttl
    ip.push(1); // proto
    ip.extend([0, 0]); // chksum, see below
    ip.extend(Ipv4Addr::new(10, 0, 0, 1).octets()); // src
    ip.extend(Ipv4Addr::new(10, 0, 0, 2).octets()); // dst
    ip.extend(icmp);
    let sum = checksum(&ip[..20]);
    ip[10..12].copy_from_slice(&sum.to_be_bytes());
    ip
}

/// ether(src=02:00:00:00:00:01)/vlan(id=10, prio=5)/arp(hwsrc=02:00:00:00:00:01, psrc=10.77.0.1, pdst=10.77.0.2)
fn who_has() -> Vec<u8> {
    // ARP (RFC 826)
    let mut arp: Vec<u8> = Vec::new();
    arp.extend(1_u16.to_be_bytes()); // hwtype
    arp.extend(0x800_u16.to_be_bytes()); // ptype
    arp.push(6); // hwlen
    arp.push(4); // plen
    arp.extend(1_u16.to_be_bytes()); // op
    arp.extend([0x02, 0x00, 0x00, 0x00, 0x00, 0x01]); // hwsrc
    arp.extend(Ipv4Addr::new(10, 77, 0, 1).octets()); // psrc
    arp.extend([0x00, 0x00, 0x00, 0x00, 0x00, 0x00]); // hwdst
    arp.extend(Ipv4Addr::new(10, 77, 0, 2).octets()); // pdst

    // VLAN tag (IEEE 802.1Q §9.6)
    let mut vlan: Vec<u8> = Vec::new();
    vlan.extend(u16::to_be_bytes(5 << 13 | 0 << 12 | 10)); // prio, dei, id
    vlan.extend(0x806_u16.to_be_bytes()); // type
    vlan.extend(arp);

    // Ethernet (IEEE 802.3 §3.1.1)
    let mut ether: Vec<u8> = Vec::new();
    ether.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]); // dst
    ether.extend([0x02, 0x00, 0x00, 0x00, 0x00, 0x01]); // src
    ether.extend(0x8100_u16.to_be_bytes()); // type
    ether.extend(vlan);
    ether
}

/// ip(src=10.77.0.1, dst=10.77.0.2, version=5, ihl=4, len=9, chksum=0xbeef)/udp(sport=4000, len=1, chksum=0)
fn wrong() -> Vec<u8> {
    // UDP (RFC 768)
    let mut udp: Vec<u8> = Vec::new();
    udp.extend(4000_u16.to_be_bytes()); // sport
    udp.extend(53_u16.to_be_bytes()); // dport
    udp.extend(1_u16.to_be_bytes()); // len
    udp.extend(0x0_u16.to_be_bytes()); // chksum

    // IPv4 (RFC 791 §3.1)
    let mut ip: Vec<u8> = Vec::new();
    ip.push(5 << 4 | 4); // version, ihl
    ip.push(0x0); // tos
    ip.extend(9_u16.to_be_bytes()); // len
    ip.extend(1_u16.to_be_bytes()); // id
    ip.extend(u16::to_be_bytes(0x0 << 13 | 0)); // flags, frag
    ip.push(64); // ttl
    ip.push(17); // proto
    ip.extend(0xbeef_u16.to_be_bytes()); // chksum
    ip.extend(Ipv4Addr::new(10, 77, 0, 1).octets()); // src
    ip.extend(Ipv4Addr::new(10, 77, 0, 2).octets()); // dst
    ip.extend(udp);
    ip
}

/// ip6(src=fd77::1, dst=fd77::2)/fragment(id=9, offset=1, nh=17)/hex(00010203 04050607 08090a0b 0c0d0e0f)
fn piece() -> Vec<u8> {
    // bytes, in hexadecimal digits
    let mut hex: Vec<u8> = Vec::new();
    hex.extend([
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b,
        0x0c, 0x0d, 0x0e, 0x0f,
    ]); // load

    // fragment header (RFC 8200 §4.5)
    let mut fragment: Vec<u8> = Vec::new();
    fragment.push(17); // nh
    fragment.push(0); // res1
    fragment.extend(u16::to_be_bytes(1 << 3 | 0 << 1 | 0)); // offset, res2, m
    fragment.extend(9_u32.to_be_bytes()); // id
    fragment.extend(hex);

    // IPv6 (RFC 8200 §3)
    let mut ip6: Vec<u8> = Vec::new();
    ip6.extend(u32::to_be_bytes(6 << 28 | 0x0 << 20 | 0x0)); // version, tc, fl
    ip6.extend((fragment.len() as u16).to_be_bytes()); // plen
    ip6.push(44); // nh
    ip6.push(64); // hlim
    ip6.extend(Ipv6Addr::new(0xfd77, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x1).octets()); // src
    ip6.extend(Ipv6Addr::new(0xfd77, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x2).octets()); // dst
    ip6.extend(fragment);
    ip6
}
