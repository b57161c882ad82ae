//@ file 13
/** The calls that are under way. */
class Running {
  private count = 0;
  private readonly waiting = new Set<() => void>();

  /** @returns what to do, once, when the call has ended */
  enter(): () => void {
    this.count += 1;
    return () => {
      this.count -= 1;
      if (this.count === 0) for (const wake of this.waiting) wake();
    };
  }

  /** Resolves when none is under way, or after so many milliseconds. */
  async none(milliseconds: number): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      this.waiting.add(resolve);
      setTimeout(resolve, milliseconds);
    });
  }
}

export const running = new Running();
