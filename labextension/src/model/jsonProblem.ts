/** Where a text stops being JSON. `JSON.parse` of some browsers does not say it. */

export type JsonFault =
  'comma-or-end' | 'value' | 'name' | 'colon' | 'quote' | 'escape' | 'more' | 'nothing-after';

export interface JsonProblem {
  readonly fault: JsonFault;
  readonly offset: number;
  /** From 1, both. */
  readonly line: number;
  readonly column: number;
  /** The text of that line. */
  readonly text: string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

class Fault extends Error {
  constructor(
    readonly fault: JsonFault,
    readonly offset: number
  ) {
    super(fault);
  }
}

class Scanner {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): void {
    this.value();
    this.space();
    if (this.at < this.text.length) {
      throw new Fault('nothing-after', this.at);
    }
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) {
      this.at += 1;
    }
  }

  private takes(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found !== null;
  }

  private fail(fault: JsonFault): never {
    throw new Fault(this.at >= this.text.length ? 'more' : fault, this.at);
  }

  private value(): void {
    this.space();
    const first = this.text[this.at];
    if (first === '{' || first === '[') {
      this.list(first === '{');
    } else if (first === '"') {
      this.quoted();
    } else if (!this.takes(NUMBER) && !this.takes(WORD)) {
      this.fail('value');
    }
  }

  private list(isObject: boolean): void {
    const end = isObject ? '}' : ']';
    this.at += 1;
    this.space();
    if (this.text[this.at] === end) {
      this.at += 1;
      return;
    }
    for (;;) {
      if (isObject) {
        this.space();
        if (this.text[this.at] !== '"') {
          this.fail('name');
        }
        this.quoted();
        this.space();
        if (this.text[this.at] !== ':') {
          this.fail('colon');
        }
        this.at += 1;
      }
      this.value();
      this.space();
      if (this.text[this.at] === end) {
        this.at += 1;
        return;
      }
      if (this.text[this.at] !== ',') {
        this.fail('comma-or-end');
      }
      this.at += 1;
    }
  }

  private quoted(): void {
    const start = this.at;
    this.at += 1;
    for (;;) {
      const next = this.text[this.at];
      if (next === undefined || next < ' ') {
        throw new Fault('quote', start);
      }
      this.at += 1;
      if (next === '"') {
        return;
      }
      if (next === '\\' && !this.takes(ESCAPE)) {
        this.fail('escape');
      }
    }
  }
}

/** The first place where `text` is no JSON; null if it is. */
export function jsonProblem(text: string): JsonProblem | null {
  try {
    new Scanner(text).whole();
    return null;
  } catch (error) {
    if (!(error instanceof Fault)) {
      throw error;
    }
    const before = text.slice(0, error.offset).split('\n');
    const line = before.length;
    return {
      fault: error.fault,
      offset: error.offset,
      line,
      column: (before.at(-1) ?? '').length + 1,
      text: text.split('\n')[line - 1] ?? ''
    };
  }
}
