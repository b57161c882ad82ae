/** What a learner's program must not inherit: the editor's own variables, ours, and proxies between it and the loopback address. */
const withheld = /^(?:NODE_OPTIONS|NODE_TEST_CONTEXT|ELECTRON_.*|VSCODE_.*|(?:https?|all|no|grpc)_proxy|MOCHA_.*)$/iu;

/** The environment for builds and programs: the machine's, with a fixed time zone and UTF-8. */
export function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !withheld.test(name));
  return { ...Object.fromEntries(kept), TZ: 'UTC', LC_ALL: 'C.UTF-8', GOTOOLCHAIN: 'local', PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', ...extra };
}
