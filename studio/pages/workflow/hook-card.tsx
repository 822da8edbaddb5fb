import { useMutation, useQuery } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Hook } from '../../../schemas/api/workflows.ts'
import type { Node } from '../../../schemas/graph.ts'
import { callOpenHook } from '../../api/hooks.ts'
import { samplesQuery } from '../../api/workflows.ts'
import { labelOf } from '../../model/graph-canvas.ts'
import { hookCurl, hookMethod, isOpenHook, verificationSentence } from '../../model/hook-curl.ts'
import { sampleInput } from '../../model/suggested-input.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ErrorCard } from '../../parts/notices.tsx'

/** A webhook's one URL, how it checks who calls, and a command that calls it. */
export function HookCard({
  hook,
  node,
  workflowName,
  link,
}: {
  readonly hook: Hook
  readonly node: Node
  readonly workflowName: string
  readonly link: ReactNode
}) {
  const url = new URL(hook.url, location.origin).href
  const samples = useQuery(samplesQuery)
  const body = sampleInput(workflowName, samples.data ?? []) ?? { hello: 'world' }
  const curl = hookCurl(url, node, body)
  const call = useMutation({ mutationFn: () => callOpenHook(url, hookMethod(node), body) })
  const isOwn = new URL(url).origin === location.origin && isOpenHook(node)
  return (
    <section className="panel" aria-label={`Webhook ${labelOf(node)}`}>
      <div className="section-head">
        <h2>Webhook {labelOf(node)}</h2>
        {link}
      </div>
      <p className="copy-line">
        <code>{url}</code>
        <CopyButton text={url} what="the URL" />
      </p>
      <p className="faint-text">
        {verificationSentence(node)} It stays the same for ever, and always starts the published version.
      </p>
      <div className="code-block">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long command scrolls, and the keyboard must reach that */}
        <pre tabIndex={0}>{curl}</pre>
        <CopyButton text={curl} what="the curl command" />
      </div>
      {isOwn ? (
        <button type="button" className="button button-small" onClick={() => call.mutate()} disabled={call.isPending}>
          <Send size={14} aria-hidden /> Send this request from here
        </button>
      ) : null}
      {call.data === undefined ? null : (
        <p role="status" className="faint-text">
          Answered {call.data.status}. It is among the deliveries, and its execution in the list.
        </p>
      )}
      {call.error === null ? null : <ErrorCard error={call.error} />}
    </section>
  )
}
