import type { paths } from './server.d.ts';

/**
 * The shapes of the server's answers, from its own description: `tools/web-api` writes `server.d.ts`,
 * which is not kept in the repository. Names and meanings of fields stand there and in the routes.
 */

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

type Json<Response> = Response extends {
  readonly content: { readonly 'application/json': infer Body };
}
  ? Body
  : never;

/** What the server answers to a request that succeeds. */
export type Answer<Path extends keyof paths, M extends Method = 'get'> = paths[Path][M] extends {
  readonly responses: infer Responses;
}
  ? Json<Responses[keyof Responses]>
  : never;

/** One of the rows of an answer that is a page or a list. */
export type Row<Path extends keyof paths, M extends Method = 'get'> =
  Answer<Path, M> extends { readonly rows: readonly (infer One)[] } ? One : never;
