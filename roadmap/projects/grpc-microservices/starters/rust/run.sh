#!/bin/sh
cd "$(dirname "$0")" && cargo build --release --quiet --target-dir build/target --bin "${1:-catalog}" || exit 1
exec "build/target/release/${1:-catalog}"
