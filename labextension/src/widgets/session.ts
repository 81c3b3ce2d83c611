/** One session, and so one stream, for all widgets of a page; it ends a while after the last of them. */
import { CoutureApi } from '../api/rest';
import { english } from '../model/english';
import type { Live } from '../panels/tabs/types';
import { CoutureSession } from '../store/session';

/** A cell that is run again takes its widget away and brings the next one. */
const LINGER_MS = 20_000;

let session: CoutureSession | null = null;
let users = 0;
let ending: number | null = null;

function end(): void {
  session?.dispose();
  session = null;
  ending = null;
}

export interface Hold extends Live {
  release(): void;
}

/** The session, for as long as it is held. */
export function hold(): Hold {
  if (ending !== null) {
    window.clearTimeout(ending);
    ending = null;
  }
  if (!session) {
    session = new CoutureSession(new CoutureApi());
    session.start();
  }
  users += 1;
  let isHeld = true;
  return {
    session,
    trans: english,
    release: () => {
      if (isHeld) {
        isHeld = false;
        users -= 1;
        if (users === 0) {
          ending = window.setTimeout(end, LINGER_MS);
        }
      }
    }
  };
}
