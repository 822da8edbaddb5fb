/** The vault cannot open its secrets, for example because its key is missing. The message says what to do. */
export class SecretsUnavailable extends Error {
  override readonly name = 'SecretsUnavailable'
}
