/** Collects what was shown and what was not, and prints it as it comes. */
export class Report {
  #passed = 0;
  #failed = 0;

  passed(name: string, detail = ''): void {
    this.#passed += 1;
    console.log(`    ✔ ${name}${detail === '' ? '' : ` (${detail})`}`);
  }

  failed(name: string, reason: string): void {
    this.#failed += 1;
    console.log(`    ✘ ${name}: ${reason.replaceAll('\n', '\n      ')}`);
  }

  /** Holds one fact. */
  holds(name: string, holds: boolean, reason: string, detail = ''): void {
    if (holds) this.passed(name, detail);
    else this.failed(name, reason);
  }

  title(text: string): void {
    console.log(`\n  ${text}`);
  }

  /** The last line, and whether all is well: something was shown, and nothing failed. */
  end(): boolean {
    console.log(`\n${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0;
  }
}
