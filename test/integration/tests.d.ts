/** Every `*.test.ts` below this folder; the bundler writes it. */
declare module 'integration-tests' {
  export const testFiles: readonly { readonly name: string; load(): Promise<unknown> }[];
}
