import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const assets = dirname(fileURLToPath(import.meta.url));
const pages = dirname(assets);

/**
 * Every page folder that has a `page.js` is an entry named after the folder, and so is every folder in it that has
 * one (`designer-table`); `app` is on every page.
 */
function entries() {
  const found = { app: join(assets, 'app.js') };
  const look = (folder, name) => {
    if (existsSync(join(folder, 'page.js'))) found[name.join('-')] = join(folder, 'page.js');
    if (name.length === 2) return;
    for (const inner of readdirSync(folder, { withFileTypes: true })) {
      const isPage = inner.isDirectory() && (name.length > 0 || inner.name !== 'assets');
      if (isPage) look(join(folder, inner.name), [...name, inner.name]);
    }
  };
  look(pages, []);
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
