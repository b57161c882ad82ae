// roadmap: tcp-udp-dns
// roadmap: io-and-ipc

export interface Settings {
  host: string;
  port: number;
  /** Where stage 8 keeps what must survive. */
  dataDir: string;
}

/** Resolves when the server listens, rejects when it can't. */
export async function serve({ host, port }: Settings): Promise<void> {
  // TODO (stage 1): listen on host and port, and answer PING.
  //   1. node:net makes a server; every connection is a socket that hands you pieces of bytes.
  //   2. Collect the pieces, and take whole commands off the front with parseCommand (resp.ts, also yours).
  //   3. PING answers +PONG, PING hello answers the bulk string hello. Write the reply with encode (resp.ts).
  //   4. A client that leaves, even in the middle of a command, must not end the server.
  throw new Error(`TODO (stage 1): nothing listens on ${host}:${port} yet. Your work begins in src/server.ts; README.md says how.`);
}
