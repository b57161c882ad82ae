"""Where the time of a request goes."""

import time


class Timing:
    """The times of one request, from the moment at which this is made."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        # Seconds that statements took, from sending to the complete result.
        self.database = 0.0

    @property
    def header(self) -> str:
        """For the header Server-Timing, in milliseconds."""
        return f"db;dur={self.database * 1000:.1f}, total;dur={(time.perf_counter() - self._started) * 1000:.1f}"
