// What both extension hosts (node and web worker) offer besides ECMAScript. Anything else must come from a port.
declare class TextEncoder { encode(text?: string): Uint8Array; }
declare class TextDecoder { constructor(label?: string, options?: { fatal?: boolean }); decode(bytes?: Uint8Array): string; }
declare function setTimeout(callback: () => void, ms?: number): number;
declare function clearTimeout(handle: ReturnType<typeof setTimeout> | undefined): void;
declare const crypto: { randomUUID(): string; getRandomValues<T extends Uint8Array>(bytes: T): T };
