declare module 'web-tests' {
  export const testFiles: readonly { readonly name: string; load(): Promise<unknown> }[];
}
