import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['labextension/src/**/*.spec.{ts,tsx}'],
    // Without it a style sheet is read as nothing.
    css: { include: [/labextension\/style\//] },
    setupFiles: ['labextension/src/testing/setup.ts'],
    server: { deps: { inline: [/@jupyterlab\//, /@jupyter\//, /@lumino\//] } }
  }
});
