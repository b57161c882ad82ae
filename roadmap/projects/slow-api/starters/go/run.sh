#!/bin/sh
cd "$(dirname "$0")" && go build -mod=mod -o build/server ./cmd/server || exit 1
exec build/server
