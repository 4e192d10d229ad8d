import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { appRefused, clockOutside, signatureWrong, tooFast } from '../../deaths/index.ts';
import { type ErrorKind, HuiliuError } from '../../kernel/index.ts';
import {
  loginRefused,
  oidcRefused,
  quotaExceeded,
  sessionRequired,
  tooManyLogins,
} from '../../security/index.ts';
import {
  bodyInvalid,
  bodyTooLarge,
  inputInvalid,
  internalFailure,
  requestInvalid,
  routeUnknown,
  serverBusy,
  tooManyRequests,
} from './errors.ts';
import { fieldProblems } from './field-problems.ts';

const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limit: 413,
  unavailable: 503,
};

/** Codes for which HTTP has a more exact word than their kind. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  [sessionRequired.code]: 401,
  [loginRefused.code]: 401,
  [oidcRefused.code]: 401,
  [tooManyLogins.code]: 429,
  [quotaExceeded.code]: 429,
  [tooManyRequests.code]: 429,
  [appRefused.code]: 401,
  [clockOutside.code]: 401,
  [signatureWrong.code]: 401,
  [tooFast.code]: 429,
  [internalFailure.code]: 500,
};

/** Body of every error answer. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Maps an error to its HTTP status: the only place where kinds become numbers. */
export function statusOf(error: HuiliuError): number {
  return STATUS_OF_CODE[error.code] ?? STATUS_OF_KIND[error.kind];
}

/** Answers an error in Chinese; what is not ours is logged and hidden behind the request id. */
export function answerError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known = asKnown(error, request);
  const status = statusOf(known);
  const cause = known === error ? known.cause : error;
  if (status >= 500 && known.code !== serverBusy.code)
    request.log.error({ err: cause ?? known, code: known.code }, 'request failed');
  if (typeof known.details.retry_after_s === 'number') {
    reply.header('retry-after', String(Math.ceil(known.details.retry_after_s)));
  }
  if (status === 401) reply.header('www-authenticate', 'Session');
  const body: ErrorBody = { code: known.code, message: known.message, details: known.details };
  return reply.code(status).type('application/json; charset=utf-8').send(body);
}

function asKnown(error: FastifyError | Error, request: FastifyRequest): HuiliuError {
  if (error instanceof HuiliuError) return error;
  if ('validation' in error && error.validation !== undefined) {
    return inputInvalid({ fields: fieldProblems(error, request.routeOptions.schema) });
  }
  const code = 'code' in error ? error.code : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge({});
  if (code.startsWith('FST_ERR_CTP_')) return bodyInvalid({});
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  // A file outside the folder answers like one that does not exist.
  if (status === 403 || status === 404) return routeUnknown({});
  if (status >= 400 && status < 500) return requestInvalid({});
  return internalFailure({ request_id: request.id });
}
