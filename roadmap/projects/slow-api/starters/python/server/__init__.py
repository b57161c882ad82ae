"""The orders of a shop, as JSON over HTTP."""
