export interface Settings {
  host: string;
  port: number;
  databaseUrl: string;
  /** Where the pricing service listens; without a path. */
  pricingUrl: string;
  //@ stage 11
  /** How long a ranking may be kept. */
  cacheTtlMs: number;
  cacheMaxEntries: number;
  //@ end
  //@ stage 12
  /** For a whole call of the pricing service. */
  pricingTimeoutMs: number;
  /** Requests beyond these are refused. */
  maxInFlight: number;
  //@ end
}
