const names: Readonly<Record<string, string>> = {
  go: 'Go',
  java: 'Java',
  rust: 'Rust',
  csharp: 'C#',
  python: 'Python',
  typescript: 'TypeScript',
};

/** The name a person uses for a language's id; the id itself when it is unknown. */
export function languageName(id: string): string {
  return names[id] ?? id;
}
