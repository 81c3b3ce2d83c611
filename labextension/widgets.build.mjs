/**
 * Builds the notebook widgets out of what tsc has made: `node labextension/widgets.build.mjs`.
 *
 * `bundle.js` holds React and our views and is served by our server. So is what it fetches later: `layout.js`, the worker
 * that it starts for the first graph, and `forms.js` for the first form. `widget.js` is what every Python widget carries.
 * What our views import of JupyterLab is replaced by what stands in for it, so all of them run on any page.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const HERE = dirname(fileURLToPath(import.meta.url));
const LIB = join(HERE, 'lib');
const TARGET = join(HERE, '..', 'jupyter_couture', 'widgets', 'static');
const SHIMS = join(LIB, 'widgets', 'shims');
const STYLES = [
  'base',
  'states',
  'document',
  'graph',
  'tree',
  'list',
  'task',
  'notebook',
  'trigger',
  'charts',
  'widgets'
];
const STANDS_IN = {
  '@jupyterlab/ui-components': join(SHIMS, 'uiComponents.js'),
  '@jupyterlab/coreutils': join(SHIMS, 'coreutils.js'),
  '@jupyterlab/services': join(SHIMS, 'services.js')
};
const SCRIPTS = [
  { name: 'bundle', from: 'widgets/bundle.js', format: 'esm' },
  { name: 'layout', from: 'store/layout.worker.js', format: 'iife' },
  // Who loads it lends it React: a second one could not draw in the same tree.
  {
    name: 'forms',
    from: 'widgets/forms.js',
    format: 'cjs',
    external: ['react', 'react/jsx-runtime'],
    wrap: code => `export default function (require) {const exports={};${code};return exports}`
  },
  { name: 'widget', from: 'widgets/widget.js', format: 'esm' }
];
const TEXTS = { 'couture:styles': styles };
const require = createRequire(import.meta.url);

async function styles() {
  const sheets = await Promise.all(
    STYLES.map(name => readFile(join(HERE, 'style', `${name}.css`), 'utf8'))
  );
  return sheets
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ');
}

/** Leads imports of the lab to what stands in for it, and gives texts as modules. */
const replacements = {
  name: 'couture',
  resolveId(id, importer) {
    if (id in STANDS_IN) {
      return STANDS_IN[id];
    }
    if (id in TEXTS) {
      return `\0${id}`;
    }
    if (id === './layoutThread') {
      return join(LIB, 'widgets', 'servedThread.js');
    }
    if (id === './labicon' && importer && basename(importer) === 'iconimports.js') {
      return join(SHIMS, 'labicon.js');
    }
    if (id.startsWith('@jupyterlab/ui-components/')) {
      return require.resolve(`${id}.js`);
    }
    if (id.startsWith('@jupyterlab/')) {
      throw new Error(`${importer} needs ${id}, for which nothing stands in.`);
    }
    return null;
  },
  async load(id) {
    const text = TEXTS[id.slice(1)];
    if (id.startsWith('\0') && text) {
      return `export default ${JSON.stringify(await text())};`;
    }
    return id.endsWith('.svg')
      ? { code: `export default ${JSON.stringify(await readFile(id, 'utf8'))};`, moduleType: 'js' }
      : null;
  }
};

async function build(input, { format, external = [] }) {
  const made = await rolldown({
    input,
    external,
    platform: 'browser',
    plugins: [replacements],
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    treeshake: { moduleSideEffects: false, manualPureFunctions: ['LabIcon'] }
  });
  const { output: chunks } = await made.generate({ minify: true, codeSplitting: false, format });
  await made.close();
  return chunks;
}

await mkdir(TARGET, { recursive: true });
for (const { name, from, wrap = code => code, ...given } of SCRIPTS) {
  const [{ code: made }] = await build(join(LIB, from), given);
  const code = wrap(made);
  await writeFile(join(TARGET, `${name}.js`), code);
  console.log(`${name}.js: ${Math.round(code.length / 1000)} kB`);
}
