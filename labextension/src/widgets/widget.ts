/**
 * The module that every Python widget carries: it fetches the views from the Jupyter server of the page, once for all
 * widgets, and shows the picture that Python draws where there is no such server.
 *
 * It is small because a page holds one copy of it for every widget. The views come from the server, so they always
 * speak the language of its API, whichever version the kernel has.
 */
import { english } from '../model/english';
import { tell, textOf, type Mounting } from './model';
import { pageServer } from './page';

interface Bundle {
  mount(given: Mounting): () => void;
}

const SHARED = Symbol.for('jupyter-couture.widgets');
const PLACE = 'couture/widgets/bundle.js';

type Shared = { [SHARED]?: Promise<Bundle> | undefined };

let tries = 0;

/** The views; a failure is not remembered, so that a retry can help. */
function loadBundle(baseUrl: string): Promise<Bundle> {
  const page = globalThis as Shared;
  const known = page[SHARED];
  if (known) {
    return known;
  }
  // A browser may remember that a module could not be had, so it is asked for by another name.
  const again = tries === 0 ? '' : `?try=${tries}`;
  const loading = import(`${baseUrl}${PLACE}${again}`) as Promise<Bundle>;
  page[SHARED] = loading;
  loading.catch(() => {
    tries += 1;
    page[SHARED] = undefined;
  });
  return loading;
}

/** The picture of the state when Python drew it. */
function showPicture(
  { model, el }: Mounting,
  note: string,
  retry: (() => void) | null
): () => void {
  const picture = document.createElement('div');
  const words = document.createElement('p');
  const draw = (): void => {
    picture.innerHTML = textOf(model, '_picture') ?? '';
  };
  words.textContent = note;
  words.dataset['couture'] = 'widget-note';
  if (retry) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = english.__('Retry');
    button.onclick = retry;
    words.append(' ', button);
  }
  el.replaceChildren(picture, words);
  model.on('change:_picture', draw);
  draw();
  tell(model, { _picture_wanted: true });
  return () => {
    model.off('change:_picture', draw);
    el.replaceChildren();
  };
}

async function show(given: Mounting): Promise<() => void> {
  const server = pageServer();
  if (!server) {
    return showPicture(
      given,
      english.__('A picture: this view is live on the pages of Jupyter.'),
      null
    );
  }
  try {
    const { mount } = await loadBundle(server.baseUrl);
    return mount(given);
  } catch (error) {
    console.warn('Couture: the views could not be loaded.', error);
    let clear = showPicture(
      given,
      english.__('A picture: the Jupyter server of this page does not answer, or runs no Couture.'),
      () => {
        clear();
        void show(given).then(next => {
          clear = next;
        });
      }
    );
    return () => clear();
  }
}

export default {
  render: (given: Mounting): Promise<() => void> => show(given)
};
