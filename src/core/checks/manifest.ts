import * as v from 'valibot';
import { manifestName } from './manifestName.js';

/** The newest schema that this version reads and writes. */
export const manifestSchema = 2;

/** A program and its arguments: never a shell's line. `{out}`, `{exe}`, `{node}` and `{python}` are filled in. */
export type Argv = readonly string[];

/** `backend-roadmap.json`: how a scaffolded project is prepared, built and started. */
export interface Manifest {
  readonly schema: typeof manifestSchema;
  readonly project: string;
  readonly language: string;
  /** Installs packages; runs only when the learner asks for it, as it uses the network. */
  readonly prepare: readonly Argv[];
  /** Paths that exist once the project is prepared. */
  readonly needs: readonly string[];
  readonly build: readonly Argv[];
  /** One for each program of the project. */
  readonly run: Readonly<Record<string, Argv>>;
  readonly buildTimeoutSec: number;
  readonly readyTimeoutSec: number;
}

/** The manifest can't be used; `message` says why and what to do. */
export class ManifestError extends Error {}

const argv = v.pipe(v.array(v.string()), v.minLength(1, 'a program and its arguments'));
const seconds = v.pipe(v.number(), v.minValue(1), v.maxValue(3600));
const relativePath = v.pipe(v.string(), v.regex(/^(?!\/|\\|[A-Za-z]:)(?!.*(?:^|[\\/])\.\.(?:[\\/]|$)).+/u, 'a path inside the project'));
const shape = v.object({
  schema: v.literal(manifestSchema),
  project: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/u, 'a project’s id')),
  language: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/u, 'a language’s id')),
  prepare: v.optional(v.array(argv), []),
  needs: v.optional(v.array(relativePath), []),
  build: v.optional(v.array(argv), []),
  run: v.pipe(v.record(v.string(), argv), v.check((run) => Object.keys(run).length > 0, 'at least one program')),
  buildTimeoutSec: v.optional(seconds, 300),
  readyTimeoutSec: v.optional(seconds, 20),
});

/** What an older schema lacks, by the schema that it leads from. */
const migrations: Readonly<Record<number, (manifest: Record<string, unknown>) => Record<string, unknown>>> = {
  1: (manifest) => ({ ...manifest, ...(Array.isArray(manifest['prepare']) && { needs: ['node_modules/typescript'] }), schema: 2 }),
};

/** Reads a manifest of this or an older schema. @throws ManifestError when it is damaged, of a newer schema or not a manifest at all. */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (error) {
    throw new ManifestError(`${manifestName} is not valid JSON (${(error as Error).message}). Correct it, or reset the file to its starter.`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new ManifestError(`${manifestName} holds no object. Reset the file to its starter.`);
  let manifest = json as Record<string, unknown>;
  const schema = manifest['schema'];
  if (typeof schema !== 'number' || !Number.isInteger(schema) || schema < 1) throw new ManifestError(`${manifestName} has no "schema". Reset the file to its starter.`);
  if (schema > manifestSchema) throw new ManifestError(`${manifestName} has schema ${schema}, which a newer version of Backend Engineering Roadmap wrote: this one knows up to ${manifestSchema}. Update the extension.`);
  for (let at = schema; at < manifestSchema; at++) manifest = migrations[at]!(manifest);
  const result = v.safeParse(shape, manifest);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ManifestError(`${manifestName}: "${v.getDotPath(issue) ?? ''}" is not as expected (${issue.message}). Correct it, or reset the file to its starter.`);
}

/** Fills `{name}` in every argument. @throws ManifestError for a name that `values` lacks. */
export function fillArgv(command: Argv, values: Readonly<Record<string, string>>): string[] {
  return command.map((argument) => argument.replace(/\{([a-z]+)\}/gu, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new ManifestError(`${manifestName}: {${name}} is no placeholder. Use ${Object.keys(values).map((key) => `{${key}}`).join(', ')}.`);
    return value;
  }));
}
