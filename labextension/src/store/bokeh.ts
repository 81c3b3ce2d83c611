/** BokehJS, loaded from our own server when the first figure is shown. Several versions can live in one page. */
import { URLExt } from '@jupyterlab/coreutils';
import type { BokehLibrary, BokehPlots } from '../model/bokeh';
import { releaseViewport } from './bokehViewport';

type Library = BokehLibrary & BokehPlots;
type BokehGlobal = Library & Readonly<Record<string, Library | undefined>>;

const loading = new Map<string, Promise<BokehLibrary>>();

function present(version: string): Library | undefined {
  const found = (window as { readonly Bokeh?: BokehGlobal }).Bokeh;
  return found?.version === version ? found : found?.[version];
}

/** BokehJS of this version; a failure is not remembered, so that a retry can help. */
export function loadBokeh(baseUrl: string, version: string): Promise<BokehLibrary> {
  const known = present(version);
  if (known) {
    return Promise.resolve(known);
  }
  const url = URLExt.join(baseUrl, 'couture/bokeh', version, 'bokeh.min.js');
  let script = loading.get(url);
  if (!script) {
    script = loadScript(url).then(() => {
      const loaded = present(version);
      if (!loaded) {
        throw new Error(`The script for charts is not BokehJS ${version}.`);
      }
      if (window.visualViewport) {
        releaseViewport(loaded, window.visualViewport);
      }
      return loaded;
    });
    loading.set(url, script);
    script.catch(() => loading.delete(url));
  }
  return script;
}

function loadScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.async = true;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new Error('The script for charts could not be loaded from the server.'));
    };
    document.head.append(script);
  });
}
