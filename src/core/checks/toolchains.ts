import type { Manifest } from './manifest.js';

export type OperatingSystem = 'linux' | 'macos' | 'windows';

export type Version = readonly [major: number, minor: number];

/** A program that a language's projects need to be built or run. */
export interface Tool {
  readonly name: string;
  /** Candidates in the order in which they are tried; each prints its version. */
  readonly probes: readonly (readonly string[])[];
  /** Finds the version in what the probe prints: major, then minor. */
  readonly version: RegExp;
  readonly least: Version;
  /** The project's own file that may ask for a newer version, and where it says so. */
  readonly asks?: { readonly file: string; readonly version: RegExp };
  /** One exact thing to do where it is missing or too old; `{least}` is the least version. */
  readonly remedy: Readonly<Record<OperatingSystem, string>>;
}

const node: Tool = {
  name: 'Node.js', probes: [['node', '--version']], version: /v(\d+)\.(\d+)/u, least: [20, 0],
  remedy: {
    linux: 'Install Node.js {least} or newer (Debian, Ubuntu: sudo apt install nodejs npm, if that gives {least}; else nodejs.org), then restart VS Code.',
    macos: 'Install Node.js {least} or newer: brew install node. Then restart VS Code.',
    windows: 'Install Node.js {least} or newer: winget install OpenJS.NodeJS.LTS. Then restart VS Code.',
  },
};

/** What each language needs, most basic first. */
export const toolchains: Readonly<Record<string, readonly Tool[]>> = {
  typescript: [node],
  go: [{
    name: 'Go', probes: [['go', 'version']], version: /go(\d+)\.(\d+)/u, least: [1, 22],
    asks: { file: 'go.mod', version: /^go (\d+)\.(\d+)/mu },
    remedy: {
      linux: 'Install Go {least} or newer: sudo snap install go --classic, or go.dev/doc/install. Then restart VS Code.',
      macos: 'Install Go {least} or newer: brew install go. Then restart VS Code.',
      windows: 'Install Go {least} or newer: winget install GoLang.Go. Then restart VS Code.',
    },
  }],
  java: [{
    name: 'a JDK', probes: [['javac', '-version']], version: /javac (\d+)(?:\.(\d+))?/u, least: [17, 0],
    remedy: {
      linux: 'Install a JDK {least} or newer: sudo apt install openjdk-17-jdk-headless (or your distribution’s package). Then restart VS Code.',
      macos: 'Install a JDK {least} or newer: brew install openjdk, and follow what it says about PATH. Then restart VS Code.',
      windows: 'Install a JDK {least} or newer: winget install EclipseAdoptium.Temurin.21.JDK. Then restart VS Code.',
    },
  }],
  rust: [{
    name: 'Rust', probes: [['cargo', '--version']], version: /cargo (\d+)\.(\d+)/u, least: [1, 75],
    asks: { file: 'Cargo.toml', version: /^rust-version *= *"(\d+)\.(\d+)/mu },
    remedy: {
      linux: 'Install Rust {least} or newer with rustup (rustup.rs), and a linker: sudo apt install build-essential. Then restart VS Code.',
      macos: 'Install Rust {least} or newer with rustup (rustup.rs), and a linker: xcode-select --install. Then restart VS Code.',
      windows: 'Install Rust {least} or newer: winget install Rustlang.Rustup. Then restart VS Code.',
    },
  }],
  python: [{
    name: 'Python', probes: [['python3', '--version'], ['python', '--version'], ['py', '-3', '--version']], version: /Python (\d+)\.(\d+)/u, least: [3, 9],
    remedy: {
      linux: 'Install Python {least} or newer: sudo apt install python3. Then restart VS Code.',
      macos: 'Install Python {least} or newer: brew install python. Then restart VS Code.',
      windows: 'Install Python {least} or newer: winget install Python.Python.3.13. Then restart VS Code.',
    },
  }],
};

const maven: Tool = {
  name: 'Maven', probes: [['mvn', '--version'], ['cmd', '/d', '/s', '/c', 'mvn', '--version']], version: /Apache Maven (\d+)\.(\d+)/u, least: [3, 8],
  remedy: {
    linux: 'Install Maven {least} or newer: sudo apt install maven (or your distribution’s package). Then restart VS Code.',
    macos: 'Install Maven {least} or newer: brew install maven. Then restart VS Code.',
    windows: 'Install Maven {least} or newer from maven.apache.org and put its bin folder on the PATH, or: scoop install maven. Then restart VS Code.',
  },
};

/**
 * What a project needs: the tools of its language, and what its manifest builds with.
 * @param read gives the text of a file of the project, or undefined when it is not there.
 */
export function toolsOf({ language, build }: Pick<Manifest, 'language' | 'build'>, read: (file: string) => string | undefined): readonly Tool[] {
  const tools = [...toolchains[language] ?? [], ...(build.some(([program]) => program === 'mvn') ? [maven] : [])];
  return tools.map((tool) => {
    const asked = tool.asks === undefined ? undefined : versionBy(tool.asks.version, read(tool.asks.file) ?? '');
    return asked === undefined || !isNewEnough(tool, asked) ? tool : { ...tool, least: asked };
  });
}

/** The version that a probe printed, or undefined when it printed none. */
export function versionIn(tool: Tool, printed: string): Version | undefined {
  return versionBy(tool.version, printed);
}

function versionBy(pattern: RegExp, text: string): Version | undefined {
  const found = pattern.exec(text);
  return found === null ? undefined : [Number(found[1]), Number(found[2] ?? 0)];
}

/** The least version as people write it: `20`, `1.88`. */
export function leastOf({ least: [major, minor] }: Tool): string {
  return minor === 0 ? String(major) : `${major}.${minor}`;
}

/** What to do where the tool is missing or too old. */
export function remedyOf(tool: Tool, system: OperatingSystem): string {
  return tool.remedy[system].replaceAll('{least}', leastOf(tool));
}

export function isNewEnough(tool: Tool, [major, minor]: Version): boolean {
  return major > tool.least[0] || (major === tool.least[0] && minor >= tool.least[1]);
}
