import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** A failure told to a person in one line: what is wrong and what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/**
 * Runs `main` if the module at `moduleUrl` is the program that was started.
 * Its number becomes the exit code; a failure becomes one line and exit code 1.
 */
export function runMain(moduleUrl: string, main: () => Promise<number>): void {
  const program = process.argv[1];
  if (program === undefined || pathToFileURL(realpathSync(program)).href !== moduleUrl) {
    return;
  }
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error instanceof UserError ? `\n${error.message}` : error);
      process.exit(1);
    },
  );
}
