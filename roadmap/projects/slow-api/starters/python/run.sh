#!/bin/sh
cd "$(dirname "$0")" && { [ -f .venv/ready ] || python3 prepare.py; } || exit 1
exec .venv/bin/python -u -m server
