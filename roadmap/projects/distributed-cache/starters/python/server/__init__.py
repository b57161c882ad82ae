"""A cache that Redis clients can talk to."""
