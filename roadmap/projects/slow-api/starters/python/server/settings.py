from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    database_url: str
    # Where the pricing service listens; without a path.
    pricing_url: str
