import { gunzipSync } from 'node:zlib';
import type { Profile } from './profile.js';

/** A field of a message in the protocol buffers' encoding: a number or bytes. */
interface Field { readonly number: number; readonly value: bigint | Buffer }

/** pprof's `profile.proto`, compressed or not; the last value of each sample counts. @throws Error when it is none. */
export function readPprof(file: Buffer): Profile {
  const fields = read(file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file) : file);
  const strings = fields.filter(({ number }) => number === 6).map(({ value }) => (value as Buffer).toString('utf8'));
  const functions = new Map(messages(fields, 5).map((one) => [integer(one, 1), strings[integer(one, 2)] ?? '']));
  // A location has several lines where functions were inlined: the innermost first.
  const locations = new Map(messages(fields, 4).map((one) => [integer(one, 1), messages(one, 4).map((line) => functions.get(integer(line, 1)) ?? '')]));
  const samples = messages(fields, 2).map((one) => ({ stack: integers(one, 1).flatMap((id) => locations.get(id) ?? []).reverse(), weight: integers(one, 2).at(-1) ?? 0 }));
  if (samples.length === 0) throw new Error('it has no samples');
  return { samples };
}

function read(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new Error('it ends in the middle of a field');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [number, type] = [Number(key >> 3n), Number(key & 7n)];
    if (type === 0) {
      fields.push({ number, value: varint() });
      continue;
    }
    const length = type === 2 ? Number(varint()) : type === 1 ? 8 : type === 5 ? 4 : Number.NaN;
    if (!(at + length <= bytes.length)) throw new Error('it is no profile of pprof');
    fields.push({ number, value: bytes.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

function messages(fields: readonly Field[], number: number): Field[][] {
  return fields.filter((field) => field.number === number && Buffer.isBuffer(field.value)).map(({ value }) => read(value as Buffer));
}

function integer(fields: readonly Field[], number: number): number {
  const value = fields.find((field) => field.number === number)?.value;
  return typeof value === 'bigint' ? Number(value) : 0;
}

/** Repeated numbers, packed or not. */
function integers(fields: readonly Field[], number: number): number[] {
  return fields.filter((field) => field.number === number).flatMap(({ value }) => {
    if (typeof value === 'bigint') return [Number(value)];
    const numbers: number[] = [];
    for (let at = 0; at < value.length;) {
      let one = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = value[at++] ?? 0;
        one |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      numbers.push(Number(one));
    }
    return numbers;
  });
}
