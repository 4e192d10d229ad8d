import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Only what a browser needs is served: no package.json, source maps, tests or dot files. */
const SERVED = /\.(html|css|js|svg|png|ico|webp|woff2|webmanifest)$/i;
const PRIVATE = /(^|\/)(\.|node_modules\/)|\.test\.js$/i;

/** Serves the pages below the given folder. */
export async function addWebFiles(app: FastifyInstance, webRoot: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webRoot,
    prefix: '/',
    index: ['index.html'],
    dotfiles: 'ignore',
    cacheControl: false,
    allowedPath: (path) => (path.endsWith('/') || SERVED.test(path)) && !PRIVATE.test(path),
  });
}
