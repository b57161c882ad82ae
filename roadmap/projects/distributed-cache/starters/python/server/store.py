# roadmap: data-structures

from abc import ABC, abstractmethod
from typing import Optional


class Store(ABC):
    """What the commands of stage 4 work on."""

    @abstractmethod
    def get(self, key: bytes) -> Optional[bytes]:
        """None when there is no such key."""

    @abstractmethod
    def set(self, key: bytes, value: bytes) -> None: ...

    @abstractmethod
    def delete(self, key: bytes) -> bool:
        """Whether the key was there."""

    @abstractmethod
    def __len__(self) -> int: ...
