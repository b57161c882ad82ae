/** What the test command, which has to end in minutes, checks of a project. The named command checks all of it. */
export interface Brief {
  /** The stages in which a language's solution is checked: those of `others` in a language that is not named. */
  readonly stages: Readonly<Record<string, 'all' | readonly number[]>>;
  /** Only the first mutant of each stage. */
  readonly firstMutants?: boolean;
  /** The languages whose servers real clients talk to. */
  readonly clients: readonly string[];
  /** The real thing is held against the checks. */
  readonly oracle?: boolean;
  /** All runs use one database server. */
  readonly sharedServer?: boolean;
}

/** By project: those that have checks. */
export const briefs: Readonly<Record<string, Brief>> = {
  'distributed-cache': { stages: { typescript: 'all', go: 'all', others: [1, 14] }, clients: ['typescript', 'go'], oracle: true },
  // Its clients are fetched over the network.
  'grpc-microservices': { stages: { typescript: 'all', go: 'all', others: [1, 14] }, clients: [] },
  // Its oracle, a downloaded PostgreSQL, is fetched over the network. What compares with the starter compiles Rust's packages once more.
  'slow-api': { stages: { typescript: 'all', rust: [1, 11], others: [1, 13] }, firstMutants: true, clients: ['typescript', 'go'], sharedServer: true },
};

/** Numbers of the stages in which a language is checked. */
export function briefStages({ stages }: Brief, language: string, count: number): readonly number[] {
  const chosen = stages[language] ?? stages['others'] ?? 'all';
  return chosen === 'all' ? Array.from({ length: count }, (_, index) => index + 1) : chosen;
}
