import { describe, expect, it } from 'vitest';

declare global {
  interface ImportMeta {
    /** What the test runner reads at once: files by path. */
    glob(
      pattern: string,
      options: { readonly query: '?raw'; readonly import: 'default'; readonly eager: true }
    ): Readonly<Record<string, string>>;
  }
}

const SHEETS = import.meta.glob('../../style/*.css', {
  query: '?raw',
  import: 'default',
  eager: true
});
const COMMENT = /\/\*[\s\S]*?\*\//g;
const AT_RULE = /@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g;
const RULE = /([^{}]*)\{([^{}]*)\}/g;

type Properties = ReadonlyMap<string, string>;

/** The rules of a sheet outside of its at-rules, each selector by itself. */
function rulesOf(css: string): readonly (readonly [string, Properties])[] {
  const plain = css.replace(COMMENT, '').replace(AT_RULE, '');
  return [...plain.matchAll(RULE)].flatMap(([, selectors = '', body = '']) => {
    const pairs = body.split(';').flatMap((line): [string, string][] => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
    });
    return selectors
      .split(',')
      .map(selector => [selector.trim().replace(/\s+/g, ' '), new Map(pairs)] as const);
  });
}

/** Selectors to which two sheets give different values of a property: which wins hangs on the order of the sheets. */
function conflicts(sheets: Readonly<Record<string, string>>): readonly string[] {
  const known = new Map<string, { readonly sheet: string; readonly value: string }>();
  const found: string[] = [];
  for (const [sheet, css] of Object.entries(sheets)) {
    for (const [selector, properties] of rulesOf(css)) {
      for (const [property, value] of properties) {
        const key = `${selector} { ${property} }`;
        const other = known.get(key);
        if (other && other.sheet !== sheet && other.value !== value) {
          found.push(`${key} in ${other.sheet} and ${sheet}`);
        }
        known.set(key, { sheet, value });
      }
    }
  }
  return found;
}

describe('the style sheets', () => {
  it('style no selector in two ways', () => {
    expect(rulesOf(SHEETS['../../style/base.css'] ?? '').length).toBeGreaterThan(20);
    expect(conflicts(SHEETS)).toEqual([]);
  });

  it('are told when they do', () => {
    const one =
      '@media print { .a { top: 1px; } } /* .a { top: 2px } */ .b, .a { top: 0; left: 0 }';
    expect(conflicts({ one, two: '.a { top: 0; } .c { left: 1px }' })).toEqual([]);
    expect(conflicts({ one, two: '.a:hover { top: 3px; } .a { left: 3px; }' })).toEqual([
      '.a { left } in one and two'
    ]);
  });
});
