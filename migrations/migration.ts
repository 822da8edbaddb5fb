/** One step of an object's schema. Appended, never edited: every object that exists has applied a prefix of its list. */
export type Migration = { readonly id: number; readonly name: string; readonly sql: string }
