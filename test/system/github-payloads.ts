import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

type Payload = {
  readonly action?: string
  readonly issue?: { readonly labels?: { readonly name: string }[] }
  readonly pull_request?: { readonly draft?: boolean }
}
export type Recorded = { readonly event: string; readonly payload: Payload }

/** Every `issues`, `issue_comment` and `pull_request` payload that `@octokit/webhooks-examples` has recorded, of every edition. */
export function recordedPayloads(): Recorded[] {
  const root = dirname(fileURLToPath(import.meta.resolve('@octokit/webhooks-examples/package.json')))
  const editions = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('node_modules'),
  )
  return editions.flatMap(({ name }) => {
    const events = JSON.parse(readFileSync(join(root, name, 'index.json'), 'utf8')) as {
      name: string
      examples: Payload[]
    }[]
    return events
      .filter((event) => ['issues', 'issue_comment', 'pull_request'].includes(event.name))
      .flatMap((event) => event.examples.map((payload) => ({ event: event.name, payload })))
  })
}

/** The port that a payload must take, worked out without any part of Stepwell. */
export function expectedPort({ event, payload }: Recorded): 'review' | 'bug' | 'comment' | 'else' {
  if (event === 'pull_request' && payload.pull_request?.draft !== true) return 'review'
  if (event === 'issues' && (payload.issue?.labels ?? []).some(({ name }) => name === 'bug')) return 'bug'
  return event === 'issue_comment' && payload.action === 'created' ? 'comment' : 'else'
}

/** As GitHub signs: HMAC-SHA256 over the bytes of the body, hex. */
export const signatureOf = (body: string, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

export const triageGraph = (sinkUrl: string) => ({
  name: 'Triage GitHub events',
  nodes: [
    {
      id: 'hook',
      kind: 'webhook',
      config: { verify: { scheme: 'github', secret: 'github_webhook' }, respond: 'result' },
    },
    {
      id: 'route',
      kind: 'condition',
      config: {
        rules: [
          {
            port: 'review',
            when: "trigger.headers['x-github-event'] == 'pull_request' && !(trigger.body.pull_request.?draft.orValue(false))",
          },
          {
            port: 'bug',
            when: "trigger.headers['x-github-event'] == 'issues' && has(trigger.body.issue.labels) && trigger.body.issue.labels.exists(label, label.name == 'bug')",
          },
          {
            port: 'comment',
            when: "trigger.headers['x-github-event'] == 'issue_comment' && trigger.body.action == 'created'",
          },
        ],
      },
    },
    {
      id: 'notify',
      kind: 'http',
      config: {
        method: 'POST',
        url: `${sinkUrl}/{{ steps.route.output.ports[0] }}`,
        body: { action: '{{ trigger.body.action }}', repository: '{{ trigger.body.repository.full_name }}' },
      },
    },
    {
      id: 'shape',
      kind: 'transform',
      config: { fields: { port: '{{ steps.route.output.ports[0] }}', filed: '{{ steps.notify.output.body.number }}' } },
    },
    { id: 'reply', kind: 'respond', config: { status: 201, body: '{{ steps.shape.output }}' } },
    { id: 'ignore', kind: 'respond', config: { status: 200, body: { port: 'else' } } },
  ],
  edges: [
    { from: 'hook', to: 'route' },
    { from: 'route', port: 'review', to: 'notify' },
    { from: 'route', port: 'bug', to: 'notify' },
    { from: 'route', port: 'comment', to: 'notify' },
    { from: 'route', port: 'else', to: 'ignore' },
    { from: 'notify', to: 'shape' },
    { from: 'shape', to: 'reply' },
  ],
})
