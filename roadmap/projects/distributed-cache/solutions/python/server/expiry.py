#@ file 5
# roadmap: data-structures

import heapq
from typing import Optional


class ExpiryQueue:
    """When keys expire, and which one is next.

    The next one is on top of a binary heap, where to add one costs O(log n). To find a key in the heap would cost far
    more: so one that gets another time, or goes, leaves its old item behind, which is skipped when it comes to the top.
    """

    def __init__(self) -> None:
        # In milliseconds since 1970, for the keys that do not stay.
        self.moments: dict[bytes, int] = {}
        self._heap: list[tuple[int, bytes]] = []

    def __len__(self) -> int:
        return len(self.moments)

    def set(self, key: bytes, moment: Optional[int]) -> None:
        if moment is None:
            self.moments.pop(key, None)
            return
        self.moments[key] = moment
        heapq.heappush(self._heap, (moment, key))
        if len(self._heap) > 2 * len(self.moments) + 100:
            # Most of it was left behind. To build it anew once in so many times costs little for each.
            self._heap = [(when, which) for which, when in self.moments.items()]
            heapq.heapify(self._heap)

    def clear(self) -> None:
        self.moments.clear()
        self._heap.clear()

    def due(self, now: int) -> Optional[bytes]:
        """A key whose time has come, None if there is none."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            moment, key = heap[0]
            if self.moments.get(key) == moment:
                return key
            heapq.heappop(heap)
        return None
