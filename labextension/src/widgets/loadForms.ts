/** Fetches the forms from the server of the page. */
import * as React from 'react';
import * as jsxRuntime from 'react/jsx-runtime';
import type * as Exported from './forms';
import { pageServer } from './page';

export type Forms = typeof Exported;

/** The file says what it needs and is given it: with a React of its own it could not be drawn in our trees. */
type File = { readonly default: (require: (name: string) => unknown) => Forms };

const LENT: Readonly<Record<string, unknown>> = {
  react: React,
  'react/jsx-runtime': jsxRuntime
};

const PLACE = 'couture/widgets/forms.js';

let tries = 0;

/** A browser may remember that a module could not be had, so it is asked for by another name the next time. */
export async function loadForms(): Promise<Forms> {
  const again = tries === 0 ? '' : `?try=${tries}`;
  try {
    const file = (await import(`${pageServer()?.baseUrl ?? '/'}${PLACE}${again}`)) as File;
    return file.default(name => LENT[name]);
  } catch (error) {
    tries += 1;
    throw error;
  }
}
