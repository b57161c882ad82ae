/** What the test command, which has to end in minutes, checks of a project. The named command checks all of it. */
export interface Brief {
  /** The languages whose solution is checked in every stage. */
  readonly thorough: readonly string[];
  /** In the other languages: the first stage, and this one. */
  readonly late: number;
  /** Checks that measure are left to the named command: they want a quiet machine, and time. */
  readonly exact?: boolean;
  /** The languages whose servers real clients talk to. */
  readonly clients: readonly string[];
  /** The real thing is held against the checks. */
  readonly oracle?: boolean;
  /** All runs use one database server. */
  readonly sharedServer?: boolean;
}

/** By project: those that have checks. */
export const briefs: Readonly<Record<string, Brief>> = {
  'distributed-cache': { thorough: ['typescript', 'go'], late: 14, clients: ['typescript', 'go'], oracle: true },
  // Its clients are fetched over the network.
  'grpc-microservices': { thorough: ['typescript', 'go'], late: 14, clients: [] },
  // Its oracle, a downloaded PostgreSQL, is fetched over the network.
  'slow-api': { thorough: ['typescript', 'go'], late: 11, exact: true, clients: ['typescript', 'go'], sharedServer: true },
};
