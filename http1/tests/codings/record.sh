#!/bin/bash
# Makes the files in this folder with programs that we did not write: http1/tests/codings/record.sh
#
# Needed: gzip, python3, node and zstd. README.md says which versions made those in the tree.
set -euo pipefail
cd "$(dirname "$0")"

# The content: prose that packs well, and noise that comes again after 40,000 bytes, farther than deflate can see.
for line in $(seq 1 60); do
    printf 'line %d: the quick brown fox jumps over the lazy dog %d times\n' "$line" $((line * line))
done > text
python3 - <<'PYTHON'
state, noise = 1, bytearray()
for _ in range(40000):
    state = (state * 1103515245 + 12345) % 2**31
    noise.append(state >> 16 & 255)
open('noise', 'wb').write(bytes(noise) * 5)
PYTHON

gzip -9nc text > text.gz
{ head -c 1000 text | gzip -nc; tail -c +1001 text | gzip -1nc; } > members.gz
python3 - <<'PYTHON'
import gzip, struct, zlib
text = open('text', 'rb').read()
def write(name, data):
    open(name, 'wb').write(data)
def deflate(bits):
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    return packer.compress(text) + packer.flush()
write('text.zlib', zlib.compress(text))
write('text.raw', deflate(-15))
write('window.raw', deflate(-9))
# Every part that a header can have (RFC 1952 §2.3.1), made by hand: no program writes them all.
head = b'\x1f\x8b\x08\x1f' + struct.pack('<L', 1700000000) + b'\x02\x03'
head += struct.pack('<H', 6) + b'AB\x02\x00xy' + b'a name\x00' + b'a comment\x00'
head += struct.pack('<H', zlib.crc32(head) & 0xffff)
parts = head + deflate(-15) + struct.pack('<LL', zlib.crc32(text), len(text))
assert gzip.decompress(parts) == text
write('parts.gz', parts)
empty = zlib.compressobj(9, zlib.DEFLATED, -15)
write('empty.raw', empty.flush())
# 16 MiB of zeros, in a gzip, in a gzip: 100 bytes.
write('nested.gz', gzip.compress(gzip.compress(bytes(1 << 24), 9, mtime=0), 9, mtime=0))
PYTHON
printf '' | gzip -nc > empty.gz

node - <<'NODE'
const { brotliCompressSync, constants: c } = require('zlib'), fs = require('fs');
const pack = (from, to, params) => fs.writeFileSync(to, brotliCompressSync(from, { params }));
const text = fs.readFileSync('text'), noise = fs.readFileSync('noise');
pack(text, 'text.br', { [c.BROTLI_PARAM_MODE]: c.BROTLI_MODE_TEXT });
pack(text, 'fast.br', { [c.BROTLI_PARAM_QUALITY]: 1, [c.BROTLI_PARAM_LGWIN]: 10 });
pack(fs.readFileSync("text.gz"), "gzip_br", {});
pack(noise, 'noise.br', {});
pack(Buffer.alloc(0), 'empty.br', {});
pack(text, 'large_window.br', { [c.BROTLI_PARAM_LARGE_WINDOW]: 1, [c.BROTLI_PARAM_LGWIN]: 26 });
pack(Buffer.alloc(1 << 28), 'bomb.br', { [c.BROTLI_PARAM_QUALITY]: 5 });
NODE

zstd -q19c text > text.zst                                     # the length is in the header, and a checksum at the end
zstd -qc --no-check < text > stream.zst                        # neither
{ head -c 1000 text | zstd -qc; printf '\x50\x2a\x4d\x18\x03\x00\x00\x00xyz'; tail -c +1001 text | zstd -qc; } > frames.zst
zstd -qc noise > noise.zst
zstd -qc --no-check --single-thread < /dev/null > empty.zst
zstd -qc --long=24 < text > long_window.zst                    # a window of 16 MiB
head -c 268435456 /dev/zero | zstd -q19c > bomb.zst
head -c 2000 text > words; zstd -q --train-fastcover -B200 words -o dictionary --maxdict=512 2> /dev/null ||
    python3 -c "print('no dictionary')" >&2
[ ! -f dictionary ] || zstd -qc -D dictionary text > dictionary.zst

rm -f words dictionary noise
ls -l
gzip --version | head -1; python3 -c 'import sys, zlib; print("python", sys.version.split()[0], "zlib", zlib.ZLIB_RUNTIME_VERSION)'
node -p '"node " + process.versions.node + " brotli " + process.versions.brotli'; zstd --version
