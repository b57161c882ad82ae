export interface Settings {
  host: string;
  port: number;
  databaseUrl: string;
  /** Where the pricing service listens; without a path. */
  pricingUrl: string;
}
