import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { type PutSecret, SecretItem } from '../../schemas/api/secrets.ts'
import { nothing, request } from './request.ts'

const SecretList = z.object({ items: z.array(SecretItem) })

export const secretsQuery = queryOptions({
  queryKey: ['secrets'],
  queryFn: async ({ signal }) => (await request('/api/secrets', SecretList, { signal })).items,
})

/** The value goes in and never comes out again. */
export const putSecret = (name: string, secret: PutSecret): Promise<null> =>
  request(`/api/secrets/${encodeURIComponent(name)}`, nothing, { method: 'PUT', body: secret })

export const deleteSecret = (name: string): Promise<null> =>
  request(`/api/secrets/${encodeURIComponent(name)}`, nothing, { method: 'DELETE' })
