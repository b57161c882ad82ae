/** The two assertions that a test in the web worker needs; Node's module does not exist there. */
export const assert: {
  ok(value: boolean, message: string): asserts value;
  equal<T>(actual: T, expected: NoInfer<T>): void;
} = {
  ok(value: boolean, message: string): asserts value {
    if (!value) throw new Error(message);
  },
  equal(actual, expected) {
    if (actual !== expected) throw new Error(`${String(actual)} instead of ${String(expected)}`);
  },
};
