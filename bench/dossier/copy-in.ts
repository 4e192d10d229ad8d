import { createReadStream } from 'node:fs';
import type { Connection, PoolClient, Submittable } from 'pg';

/**
 * Sends a CSV file into a table by PostgreSQL's COPY protocol and returns the number of rows.
 *
 * The driver sends what it is given but offers no stream for COPY; this is the part of its query
 * contract that such a stream needs (the same that `pg-copy-streams` uses).
 */
export function copyIn(client: PoolClient, table: string, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    let rows = 0;
    const copy: CopyQuery = {
      submit: (connection) => connection.query(`copy ${table} from stdin (format csv)`),
      handleCopyInResponse: (connection) => {
        sendFile(connection, file).then(
          () => connection.endCopyFrom(),
          (error: unknown) => {
            // The server ends the command with an error of its own; ours says why.
            failure = error instanceof Error ? error : new Error(String(error));
            connection.sendCopyFail('the file could not be read');
          },
        );
      },
      handleCommandComplete: ({ text }) => {
        rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? 0);
      },
      handleError: (error) => reject(failure ?? error),
      handleReadyForQuery: () => resolve(rows),
    };
    client.query(copy);
  });
}

interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** What the driver calls on a query; `Submittable` of its types names only the first. */
interface CopyQuery extends Submittable {
  submit(connection: Connection): void;
  handleCopyInResponse(connection: CopyConnection): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
}

const CHUNK_BYTES = 256 << 10;

async function sendFile(connection: CopyConnection, file: string): Promise<void> {
  const { stream } = connection;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    if (stream.destroyed) throw new Error('the connection was lost');
    connection.sendCopyFromChunk(chunk as Buffer);
    if (stream.writableNeedDrain) await drained(stream);
  }
}

function drained(stream: Connection['stream']): Promise<void> {
  return new Promise((done) => {
    const finish = () => {
      stream.removeListener('drain', finish).removeListener('close', finish);
      done();
    };
    stream.on('drain', finish).on('close', finish);
  });
}
