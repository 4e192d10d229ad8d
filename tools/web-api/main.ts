/**
 * Writes `web/src/api/server.d.ts`, the types of all answers of the server, from its own description.
 * The file is not kept in the repository: whatever checks types makes it anew.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openApiTypes, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { describeApi } from '../../server/src/app/testing/describe-api.ts';
import { answersOnly } from './answers-only.ts';

const file = fileURLToPath(new URL('../../web/src/api/server.d.ts', import.meta.url));
const description = answersOnly(await describeApi()) as unknown as OpenAPI3;
const types = await openApiTypes(description, { immutable: true, silent: true });
await writeFile(file, astToString(types));
