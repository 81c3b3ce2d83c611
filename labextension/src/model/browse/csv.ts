/** Comma separated values as RFC 4180 has them, safe to open in a spreadsheet. */

/** A spreadsheet takes such a text for a formula and would carry it out. */
const IS_FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

function field(text: string): string {
  const guarded = IS_FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** One record with its line end. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(field).join(',')}\r\n`;
}
