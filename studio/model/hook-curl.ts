import type { z } from 'zod'
import type { Node } from '../../schemas/graph.ts'
import { Verify, webhook } from '../../schemas/kinds/webhook.ts'

type HookConfig = z.infer<typeof webhook.config>

/** A shell command that calls a hook and passes its verification. Secrets come from the environment, never from the page. */
export function hookCurl(url: string, node: Pick<Node, 'config'>, body: unknown): string {
  const config = hookConfig(node)
  const method = hookMethod(node)
  const payload = JSON.stringify(body)
  if (method === 'GET') return command(url, method, verificationOf(config, ''), null)
  if (config.verify.scheme !== 'github') return command(url, method, verificationOf(config, payload), quoted(payload))
  return [
    `body=${quoted(payload)}`,
    `signature=$(printf '%s' "$body" | openssl dgst -sha256 -hmac "$${variable(config.verify.secret)}" | sed 's/^.* //')`,
    command(url, method, ['-H "x-hub-signature-256: sha256=$signature"'], '"$body"'),
  ].join('\n')
}

/** What a caller has to know about how the hook checks its requests. */
export function verificationSentence(node: Pick<Node, 'config'>): string {
  const { verify } = hookConfig(node)
  switch (verify.scheme) {
    case 'none':
      return 'Anyone who knows the URL can call it.'
    case 'token':
      return `Requests carry the value of the secret “${verify.secret}” in the header ${verify.header}.`
    case 'github':
      return `Requests are signed with the secret “${verify.secret}” (HMAC-SHA256 of the body, as GitHub does).`
  }
}

/** A shell command that starts a workflow with an input. */
export function executeCurl(origin: string, workflowId: string, input: unknown): string {
  const url = `${origin}/actions/execute/${encodeURIComponent(workflowId)}?wait=5000`
  return command(url, 'POST', ['-H "authorization: Bearer $STEPWELL_TOKEN"'], quoted(JSON.stringify(input)))
}

/** The method to call a hook with: POST where it takes that, else the first it takes. */
export function hookMethod(node: Pick<Node, 'config'>): HookConfig['methods'][number] {
  const { methods } = hookConfig(node)
  return methods.includes('POST') ? 'POST' : (methods[0] ?? 'POST')
}

/** Whether calling the hook needs nothing but its URL, so that the page itself can do it. */
export const isOpenHook = (node: Pick<Node, 'config'>): boolean => hookConfig(node).verify.scheme === 'none'

/** A draft's config may be broken; then the defaults of the kind are shown. */
function hookConfig(node: Pick<Node, 'config'>): HookConfig {
  const whole = webhook.config.safeParse(node.config)
  if (whole.success) return whole.data
  const verify = Verify.safeParse(node.config['verify'])
  return webhook.config.parse(verify.success ? { verify: verify.data } : {})
}

function verificationOf({ verify }: HookConfig, payload: string): readonly string[] {
  if (verify.scheme === 'none') return []
  if (verify.scheme === 'token') return [`-H "${verify.header}: $${variable(verify.secret)}"`]
  const signature = `$(printf '%s' ${quoted(payload)} | openssl dgst -sha256 -hmac "$${variable(verify.secret)}" | sed 's/^.* //')`
  return [`-H "x-hub-signature-256: sha256=${signature}"`]
}

function command(url: string, method: string, headers: readonly string[], data: string | null): string {
  const body = data === null ? [] : ["-H 'content-type: application/json'", `--data-raw ${data}`]
  return [`curl -X ${method} ${quoted(url)}`, ...headers, ...body].join(' \\\n  ')
}

const variable = (secret: string): string => secret.toUpperCase()

/** One word for the shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
