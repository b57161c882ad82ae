import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillArgv, parseManifest, type Manifest } from '../../core/checks/manifest.js';
import { manifestName } from '../../core/checks/manifestName.js';
import { build } from '../../runner/build.js';
import { freePorts } from '../../runner/ports.js';
import { Register } from '../../runner/processes.js';
import { Program } from '../../runner/program.js';
import { findTools, type Tools } from '../../runner/tools.js';

/** A project that was built, to start its program as often as a test likes. */
export class BuiltProject {
  readonly #programs: Program[] = [];

  private constructor(private readonly folder: string, private readonly work: string, private readonly manifest: Manifest, private readonly tools: Tools, private readonly register: Register) {}

  static async build(folder: string): Promise<BuiltProject> {
    const work = mkdtempSync(join(tmpdir(), 'built-'));
    const manifest = parseManifest(readFileSync(join(folder, manifestName), 'utf8'));
    const register = new Register(join(work, 'processes'));
    const tools = await findTools(folder, manifest, join(work, 'out'));
    await build({ root: folder, commands: manifest.build, tools, limitSec: manifest.buildTimeoutSec, register, tell: () => { /* only a failure is of interest */ } });
    return new BuiltProject(folder, work, manifest, tools, register);
  }

  /** @param name which of the manifest's programs; the first one when absent. */
  async start(variables: Readonly<Record<string, string>> = {}, port?: number, name = Object.keys(this.manifest.run)[0]!): Promise<Program> {
    const listen = port ?? (await freePorts(1))[0]!;
    const command = this.manifest.run[name];
    const program = new Program({
      argv: fillArgv(command!, this.tools), root: this.folder, port: listen, register: this.register,
      variables: { HOST: '127.0.0.1', PORT: String(listen), DATA_DIR: mkdtempSync(join(this.work, 'data-')), ROADMAP_STAGE: '14', ...variables },
    });
    this.#programs.push(program);
    await program.listening(this.manifest.readyTimeoutSec);
    return program;
  }

  async end(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.stop()));
    this.register.close();
    rmSync(this.work, { recursive: true, force: true, maxRetries: 10 });
  }
}
