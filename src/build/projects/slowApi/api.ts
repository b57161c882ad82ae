import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlOf, type Cluster } from '../../../../roadmap/projects/slow-api/checks/database/cluster.js';
import { Databases } from '../../../../roadmap/projects/slow-api/checks/database/databases.js';
import { DatabaseWire } from '../../../../roadmap/projects/slow-api/checks/wire/databaseWire.js';
import { PricingService } from '../../../../roadmap/projects/slow-api/checks/wire/pricing.js';
import { fillArgv, parseManifest } from '../../../core/checks/manifest.js';
import { manifestName } from '../../../core/checks/manifestName.js';
import type { TemplateFile } from '../../../core/scaffold/template.js';
import type { Run } from '../../../runner/api.js';
import { build } from '../../../runner/build.js';
import { buildBaseline } from '../../../runner/baseline.js';
import { CleanUps } from '../../../runner/cleanUps.js';
import { freePorts } from '../../../runner/ports.js';
import { Register } from '../../../runner/processes.js';
import { Program } from '../../../runner/program.js';
import { findTools } from '../../../runner/tools.js';

export interface ApiOptions {
  /** The project's folder. */
  readonly root: string;
  readonly starter: readonly TemplateFile[];
  readonly out: string;
  /** The starter, built beside the project, instead of the project. */
  readonly baseline?: boolean;
  readonly seed?: number;
  /** With what the database holds is in the folder's migrations. */
  readonly migrated?: boolean;
  readonly argv?: (argv: readonly string[]) => string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** The API with its database and its pricing service, for tests that are none of the checks. */
export interface RunningApi {
  readonly program: Program;
  readonly url: string;
  readonly wire: DatabaseWire;
  readonly pricing: PricingService;
  readonly cluster: Cluster;
  readonly database: string;
}

/** Builds and starts the API, and ends all of it behind `use`. */
export async function withApi<T>({ root, starter, out, baseline = false, seed = 7, migrated = false, argv = (same) => [...same], variables = {} }: ApiOptions, use: (api: RunningApi) => Promise<T>): Promise<T> {
  const work = mkdtempSync(join(tmpdir(), 'api-'));
  const manifest = parseManifest(readFileSync(join(root, manifestName), 'utf8'));
  const register = new Register(join(work, 'processes'));
  const cleanUps = new CleanUps();
  const tell = (): void => { /* only a failure is of interest */ };
  try {
    const tools = await findTools(root, manifest, out);
    if (!baseline) await build({ root, commands: manifest.build, tools, limitSec: manifest.buildTimeoutSec, register, tell });
    const built = baseline ? await buildBaseline({ starter, root, out, tools, register, tell }) : { root, manifest, tools };
    const run: Run = { root, manifest, out, scratch: work, seed, tools, register, starter, signal: new AbortController().signal, tell, defer: (cleanUp) => { cleanUps.add(cleanUp); } };
    const databases = await Databases.open(run);
    const { cluster } = databases;
    const database = await databases.create(undefined, migrated);
    const wire = await DatabaseWire.open({ host: cluster.host, port: cluster.port });
    cleanUps.add(() => wire.close());
    const pricing = await PricingService.open();
    cleanUps.add(() => pricing.close());
    const [port] = await freePorts(1);
    const program = new Program({
      argv: argv(fillArgv(Object.values(built.manifest.run)[0]!, built.tools)), root: built.root, port: port!, register,
      variables: { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: work, ROADMAP_STAGE: '14', DATABASE_URL: urlOf(cluster, database, wire.port), PRICING_URL: pricing.url, ...variables },
    });
    cleanUps.add(() => program.stop());
    await program.listening(built.manifest.readyTimeoutSec);
    return await use({ program, url: `http://127.0.0.1:${port}`, wire, pricing, cluster, database });
  } finally {
    await cleanUps.end().finally(() => {
      register.close();
      rmSync(work, { recursive: true, force: true, maxRetries: 10 });
    });
  }
}
