import { openTestServer, SIGNED_IN } from '../http/testing/test-server.ts';

/** The OpenAPI description of every route (`GET /api/openapi.json`), as a server gives it. */
export async function describeApi(): Promise<unknown> {
  const server = await openTestServer();
  try {
    const answer = await server.app.inject({ url: '/api/openapi.json', headers: SIGNED_IN });
    return answer.json();
  } finally {
    await server.close();
  }
}
