//@ file 11
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { readFile } from 'node:fs/promises';
import { HttpError } from './http.js';

/** Who asks, and what they may do. */
export interface Caller { readonly subject: string; readonly scopes: ReadonlySet<string> }

/** A JWK set by which no token is valid. */
const noKeys = '{ "keys": [] }';

/** Checks tokens against the keys in JWT_JWKS. */
export class Tokens {
  private constructor(private readonly keys: ReturnType<typeof createLocalJWKSet>, private readonly issuer: string, private readonly audience: string) {}

  /** Without an issuer and an audience no token is valid. */
  static async fromEnvironment(): Promise<Tokens> {
    const { JWT_JWKS: keys = noKeys, JWT_ISSUER: issuer = '', JWT_AUDIENCE: audience = '' } = process.env;
    // An empty name is nobody's, also in a token that holds one.
    const given = issuer === '' || audience === '' ? noKeys : keys;
    const json = given.trimStart().startsWith('{') ? given : await readFile(given, 'utf8');
    return new Tokens(createLocalJWKSet(JSON.parse(json) as JSONWebKeySet), issuer, audience);
  }

  /** @throws HttpError 401 without a valid token, 403 when it lacks the scope. */
  async check(authorization: string | undefined, scope: string): Promise<Caller> {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new HttpError(401, 'UNAUTHENTICATED', 'a bearer token is needed');
    let caller: Caller;
    try {
      // The algorithm is ours to say, not the token's.
      const { payload } = await jwtVerify(token, this.keys, { algorithms: ['RS256'], issuer: this.issuer, audience: this.audience, requiredClaims: ['exp', 'sub'] });
      caller = { subject: payload.sub!, scopes: new Set(typeof payload.scope === 'string' ? payload.scope.split(' ') : []) };
    } catch {
      throw new HttpError(401, 'UNAUTHENTICATED', 'the token is not valid');
    }
    if (!caller.scopes.has(scope)) throw new HttpError(403, 'PERMISSION_DENIED', `the token lacks the scope ${scope}`);
    return caller;
  }
}
