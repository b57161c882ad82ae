#!/bin/sh
cd "$(dirname "$0")" && python3 -m compileall -q server || exit 1
exec python3 -u -m server
