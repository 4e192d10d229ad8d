import { join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers';
import Components from 'unplugin-vue-components/vite';
import type { InlineConfig } from 'vite';

/** Oldest browser kernel the pages are built for; older ones are shown `upgrade.html`. */
export const BROWSER_FLOOR = 'chrome87';

/**
 * How the pages are built. Nothing is inlined: the policy `default-src 'self'` allows neither
 * `data:` pictures nor scripts inside the page.
 */
export function viteConfig(root: string): InlineConfig {
  return {
    configFile: false,
    root: join(root, 'web'),
    logLevel: 'warn',
    plugins: [
      vue(),
      Components({
        dts: false,
        dirs: [],
        resolvers: [ElementPlusResolver({ importStyle: 'css' })],
      }),
    ],
    resolve: { alias: { 'huiliu/contract': join(root, 'server/src/contract/index.ts') } },
    build: {
      outDir: join(root, 'web/dist'),
      emptyOutDir: true,
      target: BROWSER_FLOOR,
      cssTarget: BROWSER_FLOOR,
      assetsInlineLimit: 0,
      // Sizes are held by the browser tests; a warning of the bundler would say less.
      chunkSizeWarningLimit: 2_000,
      reportCompressedSize: false,
    },
  };
}
