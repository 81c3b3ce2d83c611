/** JSON set out over lines. No value is read and written anew: long numbers and doubled names stay what they were. */
import { jsonProblem } from './jsonProblem';

const INDENT = '  ';
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Whether a text is a JSON object or array. Plain words and numbers are texts, though they are JSON, too. */
export function isJsonDocument(text: string): boolean {
  return /^\s*[{[]/.test(text) && jsonProblem(text) === null;
}

/** `text`, which must be JSON, with a line for each member. */
export function laidOut(text: string): string {
  const tokens = text.match(TOKEN) ?? [];
  let depth = 0;
  let out = '';
  const newLine = (): string => `\n${INDENT.repeat(depth)}`;
  tokens.forEach((token, place) => {
    const next = tokens[place + 1];
    if (token === '{' || token === '[') {
      depth += 1;
      out += token;
      out += next === '}' || next === ']' ? '' : newLine();
    } else if (token === '}' || token === ']') {
      depth -= 1;
      const before = tokens[place - 1];
      out += before === '{' || before === '[' ? token : `${newLine()}${token}`;
    } else if (token === ',') {
      out += `,${newLine()}`;
    } else {
      out += token === ':' ? ': ' : token;
    }
  });
  return out;
}
