#@ file 4
# roadmap: data-structures

#@ stage 7
from collections import OrderedDict
#@ end
#@ stage 4-7
from typing import Optional
#@ end
#@ stage 8-9
from typing import Callable, Optional
#@ end
#@ stage 10
from typing import Callable, Iterable, Optional
#@ end
#@ stage 5

from .expiry import ExpiryQueue
#@ end
#@ stage 7

# What a key costs besides its own bytes and those of its value. With 300,000 small ones it was 170 bytes, and 280 with
# a time to live.
_OVERHEAD = 250
#@ end


class Store:
    #@ stage 4-4
    """The keys and their values."""
    #@ end
    #@ stage 5
    """The keys, their values and how long they live."""
    #@ end

    def __init__(self) -> None:
        #@ stage 4-6
        self._values: dict[bytes, bytes] = {}
        #@ end
        #@ stage 7
        # In the order of use: the first is the one that was not used for longest.
        self._values: OrderedDict[bytes, bytes] = OrderedDict()
        #@ end
        #@ stage 5
        self._expiry = ExpiryQueue()
        # When the present command takes place, in milliseconds since 1970: set once for each, so that nothing expires
        # in the middle of it.
        self.now = 0
        #@ end
        #@ stage 7
        # In bytes, by estimate.
        self.memory = 0
        #@ end
        #@ stage 8
        # Rises with every change that a command makes.
        self.changes = 0
        # Told of every key that the store removes by itself, which no command says.
        self.on_removal: Callable[[bytes], None] = lambda key: None
        #@ end
        #@ stage 10
        # A replica hides what has expired, and waits for its leader to say that it is gone.
        self.follows = False
        #@ end
        #@ stage 14
        self.hit_count = 0
        self.miss_count = 0
        self.expired_count = 0
        self.evicted_count = 0
        #@ end

    def __len__(self) -> int:
        return len(self._values)

    #@ stage 4-4
    def __contains__(self, key: bytes) -> bool:
        return key in self._values

    def get(self, key: bytes) -> Optional[bytes]:
        return self._values.get(key)

    def set(self, key: bytes, value: bytes) -> None:
        self._values[key] = value

    def delete(self, key: bytes) -> bool:
        """Whether the key was there."""
        return self._values.pop(key, None) is not None

    def clear(self) -> None:
        self._values.clear()
    #@ end
    #@ stage 5
    def __contains__(self, key: bytes) -> bool:
        return key in self._values and not self._has_expired(key)

    #@ stage 10
    def items(self) -> Iterable[tuple[bytes, bytes]]:
        return self._values.items()

    #@ end
    #@ stage 14
    @property
    def expiring(self) -> int:
        return len(self._expiry)

    #@ end
    def get(self, key: bytes) -> Optional[bytes]:
        value = self._values.get(key)
        if value is None or self._has_expired(key):
            #@ stage 14
            self.miss_count += 1
            #@ end
            return None
        #@ stage 7
        self._values.move_to_end(key)
        #@ end
        #@ stage 14
        self.hit_count += 1
        #@ end
        return value

    def set(self, key: bytes, value: bytes, expires_at: Optional[int] = None) -> None:
        """Without expires_at the key stays, even if it would have expired before."""
        #@ stage 7
        old = self._values.get(key)
        if old is None:
            self.memory += _OVERHEAD + len(key) + len(value)
        else:
            self.memory += len(value) - len(old)
        #@ end
        self._values[key] = value
        #@ stage 7
        self._values.move_to_end(key)
        #@ end
        self._expiry.set(key, expires_at)
        #@ stage 8
        self.changes += 1
        #@ end

    def delete(self, key: bytes) -> bool:
        """Whether the key was there."""
        if key not in self:
            return False
        self._remove(key)
        #@ stage 8
        self.changes += 1
        #@ end
        return True

    def clear(self) -> None:
        self._values.clear()
        self._expiry.clear()
        #@ stage 7
        self.memory = 0
        #@ end
        #@ stage 8
        self.changes += 1
        #@ end

    #@ stage 8
    def peek(self, key: bytes) -> Optional[bytes]:
        """The value as it is, expired or not."""
        return self._values.get(key)

    #@ end
    def expires_at(self, key: bytes) -> Optional[int]:
        """When the key expires; None if it stays."""
        return self._expiry.moments.get(key)

    def expire_at(self, key: bytes, moment: Optional[int]) -> bool:
        """Gives a key another time to live, or none; one that is over removes it. False when there is no such key."""
        if key not in self:
            return False
        if moment is not None and moment <= self.now:
            self._remove(key)
        else:
            self._expiry.set(key, moment)
        #@ stage 8
        self.changes += 1
        #@ end
        return True

    def remove_expired(self, limit: int) -> bool:
        """Removes up to limit of the keys that have expired; says whether there may be more."""
        #@ stage 10
        if self.follows:
            return False
        #@ end
        for _ in range(limit):
            key = self._expiry.due(self.now)
            if key is None:
                return False
            self._expire(key)
        return True

    #@ stage 7
    def evict(self, limit: int) -> None:
        """Removes the keys that were not used for longest, until no more than limit bytes are in use."""
        while self.memory > limit and self._values:
            key = next(iter(self._values))
            self._remove(key)
            #@ stage 8
            self.on_removal(key)
            #@ end
            #@ stage 14
            self.evicted_count += 1
            #@ end

    #@ end
    def _has_expired(self, key: bytes) -> bool:
        moment = self._expiry.moments.get(key)
        if moment is None or moment > self.now:
            return False
        #@ stage 5-9
        self._expire(key)
        #@ end
        #@ stage 10
        if not self.follows:
            self._expire(key)
        #@ end
        return True

    def _expire(self, key: bytes) -> None:
        self._remove(key)
        #@ stage 8
        self.on_removal(key)
        #@ end
        #@ stage 14
        self.expired_count += 1
        #@ end

    def _remove(self, key: bytes) -> None:
        #@ stage 5-6
        del self._values[key]
        #@ end
        #@ stage 7
        self.memory -= _OVERHEAD + len(key) + len(self._values.pop(key))
        #@ end
        self._expiry.set(key, None)
    #@ end
