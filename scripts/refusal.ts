/** Something the person who starts the server can mend. Its message is one sentence that says what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}
