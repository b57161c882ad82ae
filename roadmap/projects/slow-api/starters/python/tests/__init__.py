"""Run with: .venv/bin/python -m unittest"""
