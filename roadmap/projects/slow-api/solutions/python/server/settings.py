#@ file 11
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    database_url: str
    # Where the pricing service listens; without a path.
    pricing_url: str
    # Seconds for which a ranking may be kept.
    cache_ttl: float
    cache_max_entries: int
    #@ stage 12
    # Seconds for a whole call of the pricing service.
    pricing_timeout: float
    # Requests beyond these are refused.
    max_in_flight: int
    #@ end
