import { expect } from 'vitest'
import { z } from 'zod'

import { createApp } from '../../runtime/http/app.ts'
import { Problem } from '../../schemas/api/problem.ts'

type Schema = Parameters<typeof z.fromJSONSchema>[0]
type Documented = {
  readonly description: string
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}
type Operation = { readonly responses: Readonly<Record<string, Documented>> }

const { paths = {} } = createApp().getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Runtime', version: '1' } })

/** What the document says is what happens: of every answer it has the status and the type, of a problem the code, of JSON the shape. */
export async function expectDocumented(method: string, path: string, response: Response): Promise<void> {
  const operation = operationOf(method, new URL(path, 'https://stepwell.example').pathname)
  if (operation === undefined) return
  const { status } = response
  const what = `${method} ${path} answers ${status}`
  const documented = operation.responses[status] ?? operation.responses['default']
  expect(documented, `${what}, which is documented`).toBeDefined()
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';')
  if (type !== '' && documented?.content !== undefined) expect(Object.keys(documented.content), what).toContain(type)
  const schema = documented?.content?.[type]?.schema
  if (schema !== undefined && type.endsWith('json'))
    expect(z.fromJSONSchema(schema).safeParse(await response.clone().json()).error, what).toBeUndefined()
  if (type !== 'application/problem+json') return
  const { code } = Problem.parse(await response.clone().json())
  expect(documented?.description, what).toContain(`\`${code}\``)
}

/** Of an address that is documented with this method. Others are 404 and 405 everywhere. */
function operationOf(method: string, path: string): Operation | undefined {
  const verb = method.toLowerCase()
  const found = Object.entries(paths).find(
    ([template, item]) => verb in item && new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  )
  return (found?.[1] as Record<string, Operation> | undefined)?.[verb]
}
