/** An OpenAPI description as far as it is changed here. */
interface Description {
  paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  parameters?: unknown;
  requestBody?: unknown;
  responses?: Record<string, unknown>;
}

/**
 * Leaves of a description what the pages take from it: the answers that are no error. What they send
 * is written where it is sent, and errors have one shape everywhere.
 */
export function answersOnly(description: unknown): Description {
  const { paths, ...rest } = structuredClone(description) as Description;
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations)) {
      const answers = Object.entries(operation.responses ?? {});
      operation.responses = Object.fromEntries(answers.filter(([code]) => /^2\d\d$/.test(code)));
      delete operation.parameters;
      delete operation.requestBody;
    }
  }
  return { ...rest, paths };
}
