import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['labextension/src/**/*.spec.{ts,tsx}'],
    setupFiles: ['labextension/src/testing/setup.ts'],
    server: { deps: { inline: [/@jupyterlab\//, /@jupyter\//, /@lumino\//] } }
  }
});
