"""Given: starts the program. Your work is in service.py."""

from shared.run import run

from .service import serve

run("inventory", 50052, serve)
