#!/bin/bash
# Builds the program as WebAssembly: web/wasm.sh. The last line that it prints says where it lies.
#
# Needed are the target and, for ring's C code, clang and a wasi-libc:
#   rustup target add wasm32-wasip1        (Debian: apt-get install clang llvm wasi-libc)
# Where rustup cannot fetch targets, Debian's compiler builds the standard library from its sources:
#   apt-get install rustc-web cargo-web rust-web-src clang lld llvm wasi-libc
set -euo pipefail
cd "$(dirname "$0")/.."

TARGET=wasm32-wasip1
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}

# The headers of the C library, and a compiler that knows the target.
export CC_wasm32_wasip1=${CC_wasm32_wasip1:-clang} AR_wasm32_wasip1=${AR_wasm32_wasip1:-llvm-ar}
export CFLAGS_wasm32_wasip1=${CFLAGS_wasm32_wasip1:---target=wasm32-wasi --sysroot=/usr}
# Small before fast: a page is loaded more often than it computes. (`s` is a tenth faster, and a tenth larger.)
export CARGO_PROFILE_RELEASE_OPT_LEVEL=z CARGO_PROFILE_RELEASE_DEBUG=false CARGO_PROFILE_RELEASE_STRIP=true
# Without the codings that bring much code.
BUILD=(build --quiet --target $TARGET --release -p barewire --bin barewire --no-default-features)

TOOLCHAIN=$(rustc --print sysroot)
if [ -d "$TOOLCHAIN/lib/rustlib/$TARGET" ]; then
    cargo "${BUILD[@]}"
elif compgen -G "/usr/lib/rustlib/src/rust/library" >/dev/null; then
    echo "the target $TARGET is not installed: the standard library is built from Debian's sources" >&2
    # The linker is that of the toolchain in use; Debian's compiler looks for it on the path.
    LINKER=$TOOLCHAIN/lib/rustlib/$(rustc -vV | sed -n 's/^host: //p')/bin
    # A panic ends the program without a word: the words would take 54 KB of the page.
    LIBRARY=/usr/lib/wasm32-wasi
    FLAGS="-Clink-self-contained=no -Clink-arg=$LIBRARY/crt1-command.o -L$LIBRARY"
    FLAGS="$FLAGS -Zunstable-options -Cpanic=immediate-abort"
    PATH=/usr/bin:$LINKER:$PATH RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS=$FLAGS \
        /usr/bin/cargo "${BUILD[@]}" -Z build-std=std,panic_abort -Z build-std-features=optimize_for_size
else
    echo "the target $TARGET is not installed: rustup target add $TARGET" >&2
    exit 1
fi
echo "$CARGO_TARGET_DIR/$TARGET/release/barewire.wasm"
