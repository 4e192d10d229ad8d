import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Only what a browser needs is served: no package.json, source maps, tests or dot files. */
const SERVED = /\.(html|css|js|svg|png|ico|webp|woff2|webmanifest)$/i;
const PRIVATE = /(^|\/)(\.|node_modules\/)|\.test\.js$/i;
/** Names of built files change with their content, so a browser may keep them for good. */
const HASHED = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;
/** Addresses of screens: no dot in them, and not the interface. */
const SCREEN = /^\/(?!api(\/|$))[^.]*$/;

/**
 * Serves the pages below the given folder. Every address of a screen answers with the one page
 * that shows all screens, when a browser goes there; programs get 404 as before.
 */
export async function addWebFiles(app: FastifyInstance, webRoot: string): Promise<void> {
  if (!existsSync(join(webRoot, 'index.html'))) return addNotBuilt(app);
  await app.register(fastifyStatic, {
    root: webRoot,
    serve: false,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
    preCompressed: true,
    allowedPath: (path) => SERVED.test(path) && !PRIVATE.test(path),
  });
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    const path = request.url.split(/[?#]/, 1)[0] ?? '/';
    const goesThere = (request.headers.accept ?? '').includes('text/html');
    if (path === '/' || (SCREEN.test(path) && goesThere)) {
      return withCache(reply, 'no-cache').sendFile('index.html');
    }
    return withCache(
      reply,
      HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    ).sendFile(path);
  });
}

function withCache(reply: FastifyReply, value: string): FastifyReply {
  return reply.header('cache-control', value);
}

/** A server started without `./huiliu` may have no pages; the interface works all the same. */
function addNotBuilt(app: FastifyInstance): void {
  app.get('/', { schema: { hide: true } }, (_, reply) =>
    reply
      .code(503)
      .type('text/plain; charset=utf-8')
      .send('网页尚未构建。请用 ./huiliu serve 启动，它会先构建网页；接口可以照常使用。'),
  );
}
