import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const assets = dirname(fileURLToPath(import.meta.url));
const pages = dirname(assets);

/** Every page folder that has a `page.js` is an entry named after the folder; `app` is on every page. */
function entries() {
  const found = { app: join(assets, 'app.js') };
  for (const folder of readdirSync(pages, { withFileTypes: true })) {
    const script = join(pages, folder.name, 'page.js');
    if (folder.isDirectory() && folder.name !== 'assets' && existsSync(script)) found[folder.name] = script;
  }
  return found;
}

/** Page folders lie beside this one, so Node would not find the packages installed here: look from here instead. */
const packagesFromHere = {
  name: 'packages-from-here',
  enforce: 'pre',
  resolveId(source, importer, options) {
    if (!importer || importer.startsWith(assets) || !/^[@a-z]/.test(source)) return null;
    return this.resolve(source, join(assets, 'app.js'), { ...options, skipSelf: true });
  },
};

export default defineConfig({
  root: pages,
  base: '/assets/',
  publicDir: false,
  plugins: [packagesFromHere],
  build: {
    outDir: join(assets, 'dist'),
    emptyOutDir: true,
    assetsDir: 'files',
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 3000,
    rollupOptions: { input: entries() },
  },
});
