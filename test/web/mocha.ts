import 'mocha/mocha.js';

/** Mocha's build for browsers, which leaves itself in the global object. */
export default (globalThis as unknown as { Mocha: typeof Mocha }).Mocha;
