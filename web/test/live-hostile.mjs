// A capture in which names, a path and texts hold markup, control characters and characters that turn the direction of
// writing: made by hand, packet by packet.

const u16be = (value) => Buffer.from([value >> 8, value & 255]);
const hex = (text) => Buffer.from(text, "hex");

/** A DNS question, its answer, and an HTTP request: three packets in a pcap file. */
export function hostileCapture() {
  const label = Buffer.from("<img src=x onerror=alert(1)>\u202e\u0000\u0007\"'");
  const name = Buffer.concat([Buffer.from([label.length]), label, hex("07"), Buffer.from("example"), hex("00")]);
  const question = Buffer.concat([hex("123401000001000000000000"), name, hex("00100001")]);
  const says = Buffer.from("</script><script>document.title='run'</script>\u2066\u202e\u001b[31m");
  const answer = Buffer.concat([
    hex("123481800001000100000000"),
    name,
    hex("00100001c00c0010000100000001"),
    u16be(says.length + 1),
    Buffer.from([says.length]),
    says,
  ]);
  const request = Buffer.from(
    'GET /<b>\u202e%00</b>"onload=alert(1) HTTP/1.1\r\nHost: <script>alert(1)</script>\r\nX: \u202e\r\n\r\n',
  );
  return pcap([udp(question, true), udp(answer, false), tcp(request)]);
}

function ip(protocol, payload, out) {
  const packet = Buffer.concat([hex("4500000000000000400000000000000000000000"), payload]);
  packet.writeUInt16BE(packet.length, 2);
  packet[9] = protocol;
  const [client, server] = [
    [10, 0, 0, 2],
    [10, 0, 0, 53],
  ];
  packet.set(out ? [...client, ...server] : [...server, ...client], 12);
  return packet;
}

function udp(payload, out) {
  const [from, to] = out ? [40000, 53] : [53, 40000];
  return ip(17, Buffer.concat([u16be(from), u16be(to), u16be(payload.length + 8), u16be(0), payload]), out);
}

function tcp(payload) {
  return ip(6, Buffer.concat([u16be(40001), u16be(80), hex("00000001000000015018040000000000"), payload]), true);
}

/** Packets as a pcap file whose link is IP itself (type 101). */
function pcap(packets) {
  const records = packets.flatMap((packet, index) => {
    const head = Buffer.alloc(16);
    [1, index * 1000, packet.length, packet.length].forEach((value, at) => head.writeUInt32LE(value, at * 4));
    return [head, packet];
  });
  return Buffer.concat([hex("d4c3b2a1020004000000000000000000ffff000065000000"), ...records]);
}
