const form = {
  type: 'object',
  properties: {
    amount: { type: 'number', title: 'Amount', description: 'In euros, at most 500.', maximum: 500, default: 40 },
    account: { enum: ['Main account', 'Petty cash'], title: 'Pay from' },
    urgent: { type: 'boolean', title: 'Pay today' },
    reason: { type: 'string', title: 'Reason', maxLength: 1000, minLength: 5 },
  },
  required: ['amount', 'account', 'reason'],
}

/** Mails a link, waits for the decision, and calls a service that answers by a link of its own. */
export const refundWorkflow = (mailbox: string) => ({
  name: 'Refund an order',
  nodes: [
    { id: 'order', kind: 'manual' },
    {
      id: 'mail',
      kind: 'http',
      config: { method: 'POST', url: `${mailbox}/mail`, body: { text: 'Please decide: {{ links.manager }}' } },
    },
    {
      id: 'manager',
      kind: 'wait',
      config: {
        for: 'approval',
        name: 'Refund 40 € to Ada?',
        message:
          'Order {{ trigger.body.order }} came back on Monday.\nThe box was open <b>and</b> the lamp was broken.',
        timeoutMs: 86_400_000,
        form,
      },
    },
    {
      id: 'pay',
      kind: 'http',
      config: { method: 'POST', url: `${mailbox}/pay`, body: { callback: '{{ links.paid }}' } },
    },
    { id: 'paid', kind: 'wait', config: { for: 'callback' } },
    {
      id: 'result',
      kind: 'transform',
      config: { fields: { decided: '{{ steps.manager.output }}', paid: '{{ steps.paid.output }}' } },
    },
  ],
  edges: [
    { from: 'order', to: 'mail' },
    { from: 'mail', to: 'manager' },
    { from: 'manager', port: 'approved', to: 'pay' },
    { from: 'pay', to: 'paid' },
    { from: 'paid', to: 'result' },
  ],
})
