#!/bin/sh
cd "$(dirname "$0")" && cargo build --release --quiet --target-dir build/target || exit 1
exec build/target/release/server
