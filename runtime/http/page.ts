import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

import { pageStyle } from './page-style.ts'

export type Content = ReturnType<typeof html>

/** Whether a person is looking: browsers ask for HTML by name, programs do not. */
export const wantsPage = (c: Context): boolean => c.req.header('accept')?.includes('text/html') === true

/** A page for people who came by a link. It runs no script, loads nothing, is shown in no other page, and tells no other site its address. */
export function page(
  c: Context,
  status: ContentfulStatusCode,
  title: string,
  content: Content,
): Response | Promise<Response> {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  return c.html(
    html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex, nofollow" />
    <title>${title} · Stepwell</title>
    <style>${raw(pageStyle)}</style>
  </head>
  <body>
    <main>
      <p class="brand">${raw(mark)} Stepwell</p>
      <div class="card">${content}</div>
    </main>
  </body>
</html>`,
    status,
  )
}

const styleHash = createHash('sha256').update(pageStyle).digest('base64')

const headers = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  vary: 'accept',
}

/** As `studio/parts/mark.tsx` draws it. */
const mark =
  '<svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"><path d="M4 6h5v5.5h4V17h6v-5.5h4V6h5" /><path class="water" d="M8.5 22.5h15M12 27h8" /></svg>'
