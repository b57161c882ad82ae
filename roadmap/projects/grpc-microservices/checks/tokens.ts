import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { CheckContext } from '../../../../src/runner/api.js';

const base64url = (value: object | Buffer): string => (Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))).toString('base64url');
const now = (): number => Math.floor(Date.now() / 1000);

interface Pair { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
interface Key extends Pair { readonly kid: string }

/** By way of PEM: the keys that Node 20 generates share a lock with what has generated them, and exporting one waits for ever when the garbage collector removes that meanwhile. */
function newPair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  return { privateKey: createPrivateKey(privateKey), publicKey: createPublicKey(publicKey) };
}

export interface TokenOptions {
  readonly header?: object;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Which of the issuer's keys; the first one when absent. */
  readonly key?: number;
}

/** Who gives out tokens: two RSA keys, an issuer and an audience that no program has seen before. */
export class Issuer {
  readonly #keys: readonly Key[];
  readonly issuer: string;
  readonly audience: string;
  readonly #stranger = newPair();

  constructor(t: CheckContext) {
    this.#keys = [1, 2].map((number) => ({ kid: `${t.random.word(6)}-${number}`, ...newPair() }));
    this.issuer = `https://login.${t.random.word(6)}.example`;
    this.audience = `shop-${t.random.word(4)}`;
  }

  /** The gateway's variables. */
  get variables(): Record<string, string> {
    const keys = this.#keys.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }));
    return { JWT_JWKS: JSON.stringify({ keys }), JWT_ISSUER: this.issuer, JWT_AUDIENCE: this.audience };
  }

  claims(subject: string, scope: string): Record<string, unknown> {
    return { iss: this.issuer, aud: this.audience, sub: subject, scope, iat: now(), exp: now() + 300 };
  }

  /** A good token, but for what is said. */
  token(subject: string, scope: string, { header = {}, claims = {}, key = 0 }: TokenOptions = {}): string {
    const { kid, privateKey } = this.#keys[key]!;
    const text = `${base64url({ alg: 'RS256', typ: 'JWT', kid, ...header })}.${base64url({ ...this.claims(subject, scope), ...claims })}`;
    return `${text}.${base64url(sign('sha256', Buffer.from(text), privateKey))}`;
  }

  /** Tokens that must be refused, each with what is wrong with it. */
  forgeries(subject: string, scope: string): [string, string][] {
    const { kid, publicKey } = this.#keys[0]!;
    const claims = this.claims(subject, scope);
    const unsigned = `${base64url({ alg: 'none', typ: 'JWT', kid })}.${base64url(claims)}.`;
    const hmac = `${base64url({ alg: 'HS256', typ: 'JWT', kid })}.${base64url(claims)}`;
    const pem = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })).export({ format: 'pem', type: 'spki' });
    const strange = `${base64url({ alg: 'RS256', typ: 'JWT', kid })}.${base64url(claims)}`;
    const good = this.token(subject, scope);
    return [
      ['expired', this.token(subject, scope, { claims: { exp: now() - 60 } })],
      ['without exp', this.token(subject, scope, { claims: { exp: undefined } })],
      ['not yet valid (nbf)', this.token(subject, scope, { claims: { nbf: now() + 120 } })],
      ['for another audience', this.token(subject, scope, { claims: { aud: `${this.audience}-other` } })],
      ['from another issuer', this.token(subject, scope, { claims: { iss: `${this.issuer}.evil` } })],
      ['with alg "none"', unsigned],
      ['signed with HS256 and the public key as the secret', `${hmac}.${base64url(createHmac('sha256', pem).update(hmac).digest())}`],
      ['signed by somebody else', `${strange}.${base64url(sign('sha256', Buffer.from(strange), this.#stranger.privateKey))}`],
      ['of an unknown key', this.token(subject, scope, { header: { kid: 'unknown' } })],
      ['whose claims were changed', `${good.split('.')[0]!}.${base64url({ ...claims, sub: `${subject}-other` })}.${good.split('.')[2]!}`],
      ['that is no token', 'abc.def'],
    ];
  }
}
