export interface TemplateFile {
  /** Relative and `/`-separated. */
  readonly path: string;
  readonly text: string;
}

/** A compiled starter: `content/starters/<project>.<language>.json`. */
export interface Template {
  readonly files: readonly TemplateFile[];
}

/** Where the content source keeps the starter of a project in a language. */
export function templatePath(project: string, language: string): string {
  return `starters/${project}.${language}.json`;
}

/** @throws TypeError when `json` is not a compiled starter. */
export function parseTemplate(json: unknown): Template {
  const files = typeof json === 'object' && json !== null && 'files' in json ? json.files : undefined;
  if (!Array.isArray(files)) throw new TypeError('A starter needs a list "files".');
  return {
    files: files.map((file: unknown, index) => {
      if (typeof file !== 'object' || file === null || !('path' in file) || !('text' in file)
        || typeof file.path !== 'string' || typeof file.text !== 'string') {
        throw new TypeError(`File ${index} of the starter needs the strings "path" and "text".`);
      }
      return { path: file.path, text: file.text };
    }),
  };
}
