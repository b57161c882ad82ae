#!/bin/sh
cd "$(dirname "$0")" && go build -mod=mod -o "build/${1:-catalog}" "./cmd/${1:-catalog}" || exit 1
exec "build/${1:-catalog}"
