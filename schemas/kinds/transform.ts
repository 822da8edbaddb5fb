import { z } from 'zod'

import { JsonObject } from '../json.ts'
import { limits } from '../limits.ts'
import { defineKind } from './kind.ts'

const fieldPath = z
  .string()
  .regex(/^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$/, 'must be a field or a path of fields joined by dots')
  .max(500)

/** A path that may also lead through lists. */
const valuePath = z
  .string()
  .regex(
    /^(?:[A-Za-z_$][\w$-]*|\[\d{1,9}\])(?:\.[A-Za-z_$][\w$-]*|\[\d{1,9}\])*$/,
    'must be a path of fields and elements such as items[0].name',
  )
  .max(500)

/** A number, or an expression in `{{ }}`. */
const count = z.union([z.int().min(0), z.string().min(1)])

export const SortKey = z.strictObject({
  key: z.string().min(1),
  order: z.enum(['asc', 'desc']).default('asc'),
})

export const transform = defineKind({
  kind: 'transform',
  role: 'compute',
  title: 'Transform',
  summary: 'Makes new data from what is there.',
  config: z.strictObject({
    /** The output is exactly these. */
    fields: JsonObject.optional(),
    operation: z.enum(['set', 'keep', 'remove', 'rename', 'extract', 'filter', 'sort', 'limit', 'group']).optional(),
    from: z.string().optional(),
    /** `set`: values by path. */
    values: z.record(fieldPath, z.unknown()).optional(),
    /** `keep` and `remove`: the paths. */
    paths: z.array(fieldPath).min(1).optional(),
    /** `rename`: old path to new path. */
    names: z.record(fieldPath, fieldPath).optional(),
    /** `extract`: where the value stands; without it the output is what `from` gives. */
    path: valuePath.optional(),
    /** `filter`: the elements for which this is true are kept. */
    where: z.string().min(1).optional(),
    /** `sort`: by the first key, where it is equal by the second, and so on. */
    by: z.array(SortKey).min(1).max(limits.sortKeys).optional(),
    /** `limit`: one of the two. */
    first: count.optional(),
    last: count.optional(),
    /** `limit`: how many to leave out before the first, or after the last. */
    offset: count.optional(),
    /** `group`: elements with an equal key come together. */
    key: z.string().min(1).optional(),
  }),
  fields: {
    fields: { label: 'Fields', help: 'Name and value; the output is exactly these.', language: 'template' },
    operation: {
      label: 'Operation',
      help: 'Set, keep, remove or rename fields of an object; extract a value; filter, sort, limit or group a list.',
      language: 'plain',
    },
    from: {
      label: 'Input',
      help: 'What the operation works on; by default the output of the step before.',
      language: 'expression',
    },
    values: { label: 'Values', help: 'For set: path and value.', language: 'template' },
    paths: { label: 'Paths', help: 'For keep and remove.', language: 'plain' },
    names: { label: 'New names', help: 'For rename: old path and new path.', language: 'plain' },
    path: {
      label: 'Path',
      help: 'For extract: where the value stands, for example items[0].name. Without it the input is the value.',
      language: 'plain',
    },
    where: {
      label: 'Where',
      help: 'For filter: true for what is kept. item is the element, index its place from 0.',
      language: 'expression',
    },
    by: {
      label: 'Sort by',
      help: 'For sort: each key is an expression with item and index, and an order: asc (default) or desc.',
      language: 'expression',
    },
    first: { label: 'First', help: 'For limit: how many to keep from the beginning.', language: 'template' },
    last: { label: 'Last', help: 'For limit: how many to keep from the end.', language: 'template' },
    offset: {
      label: 'Offset',
      help: 'For limit: how many to leave out before the first, or after the last.',
      language: 'template',
    },
    key: {
      label: 'Group by',
      help: 'For group: what the elements of a group have in common. item is the element, index its place from 0.',
      language: 'expression',
    },
  },
  ports: () => ['out'],
})
