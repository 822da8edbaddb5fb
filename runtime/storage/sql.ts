type Binding = string | number | null | ArrayBuffer

/**
 * The part of an object's SQLite that the stores use: `ctx.storage.sql`, or any other SQLite with
 * the same two calls. Synchronous on purpose: an `await` between a read and a write would let
 * another request in between.
 */
export interface Sql {
  exec<Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: Binding[]): { toArray(): Row[] }
}

type SqlStorageValue = string | number | null | ArrayBuffer
