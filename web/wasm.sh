#!/bin/bash
# Builds the program as WebAssembly: web/wasm.sh; prints where it lies.
#
# Where rustup can fetch targets: `rustup target add wasm32-wasip1`, and clang with a wasi-libc for ring's C code. Where
# it cannot, and Debian's packages rustc-web, cargo-web, rust-web-src, clang, lld, llvm and wasi-libc are there, the
# standard library is built from its sources: `--build-std`.
set -euo pipefail
cd "$(dirname "$0")/.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}
OUT=$CARGO_TARGET_DIR/wasm32-wasip1/release/barewire.wasm
LIBRARY=/usr/lib/wasm32-wasi

# ring compiles C for the target, and needs the headers of a C library for it.
export CC_wasm32_wasip1=${CC_wasm32_wasip1:-clang} AR_wasm32_wasip1=${AR_wasm32_wasip1:-llvm-ar}
export CFLAGS_wasm32_wasip1=${CFLAGS_wasm32_wasip1:---target=wasm32-wasi --sysroot=/usr}
# Small before fast: a page is loaded more often than it computes.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=s CARGO_PROFILE_RELEASE_DEBUG=false CARGO_PROFILE_RELEASE_STRIP=true
BUILD=(build --quiet --target wasm32-wasip1 --release -p barewire --bin barewire)

if [ "${1:-}" = --build-std ]; then
    # The linker is that of the toolchain in use; cargo and rustc are Debian's, whose sources lie beside them.
    PATH=$(rustc --print sysroot)/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin:$PATH
    PATH=/usr/bin:$PATH RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc \
        CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="-Clink-self-contained=no -Clink-arg=$LIBRARY/crt1-command.o -L$LIBRARY" \
        /usr/bin/cargo "${BUILD[@]}" -Z build-std=std,panic_abort
else
    cargo "${BUILD[@]}"
fi
echo "$OUT"
