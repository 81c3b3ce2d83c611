/** An error in two parts: the line that says what happened, and all the rest, each text once. */
import type { AttemptError } from './wire';

export interface ErrorText {
  readonly headline: string;
  /** Further lines of the message and the traceback; empty if there are none. */
  readonly rest: string;
}

/** The message of a failed notebook has its cell and the kernel's traceback in it; its first line is the headline. */
export function errorText({ message, traceback }: AttemptError): ErrorText {
  const [headline = '', ...lines] = message.trim().split('\n');
  const more = lines
    .join('\n')
    .replace(/^\s*\n/, '')
    .trimEnd();
  const isTold = traceback.includes(more);
  const parts = [isTold ? '' : more, traceback.trimEnd()];
  return { headline, rest: parts.filter(part => part !== '').join('\n\n') };
}
