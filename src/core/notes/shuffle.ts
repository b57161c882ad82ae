/** The indexes 0…count-1 in an order that hangs on the seed alone, so that a card looks the same every time it is opened. */
export function shuffled(count: number, seed: string): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  const random = randomFrom(seed);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** As {@link shuffled}, but never the sorted order: there would be nothing to put right. */
export function disordered(count: number, seed: string): number[] {
  const order = shuffled(count, seed);
  if (count > 1 && order.every((value, index) => value === index)) order.push(order.shift()!);
  return order;
}

/** FNV-1a for the seed, mulberry32 for the numbers. */
function randomFrom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
