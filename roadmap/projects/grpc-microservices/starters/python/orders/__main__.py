"""Given: starts the program. Your work is in service.py."""

from shared.run import run

from .service import serve

run("orders", 50053, serve)
