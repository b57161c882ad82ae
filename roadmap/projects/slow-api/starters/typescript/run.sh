#!/bin/sh
cd "$(dirname "$0")" && { [ -d node_modules ] || npm ci; } && node node_modules/typescript/bin/tsc -p . || exit 1
exec node dist/main.js
