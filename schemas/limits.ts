const KIB = 1024
const MIB = 1024 * KIB
const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/**
 * Every bound of the product, each with its reason. Local workerd enforces none of Cloudflare's
 * limits, so these do: the verdict is the same on a laptop and in production.
 */
export const limits = {
  /** A graph is stored in the first event of every execution, and a row may be 2 MB on Cloudflare. */
  graphBytes: 256 * KIB,
  graphNodes: 500,
  graphEdges: 2000,
  nameLength: 200,
  nodeIdLength: 64,
  notesLength: 10_000,
  /** Containers inside containers. */
  containerDepth: 5,
  /** A node's id and the path to its iteration: `containerDepth` ids with their indices, and some room. */
  stepKeyLength: 1000,

  /** Body of a webhook, an execute call or a draft. It becomes one row of at most 2 MB with its envelope. */
  requestBodyBytes: MIB,
  /** How long a request body may take to arrive. Who sends a byte now and then must not hold a connection and what was read for ever. */
  requestBodyMs: 30 * SECOND_MS,
  /** Output of one step as JSON. One row, with room for the rest of the event under the 2 MB row limit. */
  stepOutputBytes: MIB,
  /** What an acting step asks the world for, as it is recorded: with a secret in it a text is there twice. One row again. */
  stepRequestBytes: 1_500_000,
  /** What an approval says to a person. */
  waitMessageBytes: 64 * KIB,
  /** All headers of an answer: what is larger many clients refuse, Node at 16 KiB. */
  responseHeaderBytes: 16 * KIB,
  /** What a request becomes as a trigger, in characters of JSON: escapes may make it longer than its bytes, and a row holds 2 MB. */
  triggerChars: 1_400_000,
  /** The nesting that JSON may have: recursive code that walks it stays far from the stack's end. */
  jsonDepth: 64,
  /** Nesting of a step's output: a template's levels around a value's, and a few for what wraps them. */
  stepOutputDepth: 100,

  /** CEL source, parsed nodes, nesting and evaluation steps: bounded work, the same on every machine. */
  expressionSourceBytes: 4 * KIB,
  expressionAstNodes: 2000,
  expressionDepth: 50,
  expressionSteps: 50_000,
  /** Evaluation steps of all the expressions of one template together. */
  templateSteps: 500_000,
  /**
   * Evaluation steps of all the elements of a list that one transform works on: ten for each of 100,000.
   * Measured on two slow cores: 0.05 s of common expressions, 0.6 s of the dearest, while the object does nothing else.
   */
  listSteps: 1_000_000,
  /** Keys that one sort may have: each is evaluated for every element. */
  sortKeys: 10,
  /** Templates in one config. */
  templateDepth: 32,
  /** What a decision event records of an operand; longer values are cut and marked. */
  operandBytes: 2 * KIB,
  /** What one event records of the operands of all its rules together: a row holds 2 MB, and rules may read very much. */
  decisionBytes: 256 * KIB,

  retryAttempts: 100,
  retryIntervalMs: 7 * DAY_MS,
  /** Restarts that one step may survive before it fails: a step that kills its process must not do so for ever. */
  interruptions: 100,
  attemptTimeoutMs: 10 * MINUTE_MS,
  attemptTimeoutDefaultMs: 30 * SECOND_MS,
  executionTimeoutMs: 365 * DAY_MS,
  executionTimeoutDefaultMs: 30 * DAY_MS,
  delayMs: 365 * DAY_MS,

  /** Items that one execution works on by itself. Beyond that they are dealt out to child executions. */
  eachItems: 10_000,
  /** What a batch of them is begun with: the items, and what the steps inside read of what is outside. With the graph it is one row of at most 2 MB. */
  batchBytes: 1.5 * MIB,
  /** Iterations of one container that are open at once: all of them are in memory, and in a snapshot. */
  eachConcurrency: 100,
  eachConcurrencyDefault: 10,
  repeatIterations: 100_000,
  /** Events after which a turn begins no more iterations: the next turn does, and others have theirs in between. */
  turnEvents: 500,

  /** What follows `/approve/` and `/callback/`: an execution's id, a step's key in base64, and a signature. */
  linkTokenLength: 1500,

  signalNameLength: 100,
  signalBytes: 256 * KIB,
  /** Signals that no step waits for yet, of one execution. */
  signalsKept: 1000,
  /** Steps of which a signal's event says why they did not take it: an event is one row. */
  consideredListed: 20,
  /** Ids of signals by which a repeated one is known. */
  signalIdLength: 255,
  signalIds: 10_000,

  /** Executions that start executions that start executions: a workflow that starts itself ends here. */
  childDepth: 16,
  /** Other executions that one tells something at once; the rest follow. */
  noticesAtOnce: 5,
  /** How long a child that has ended before its parent knows that it started is held, until the parent does. */
  hearMs: 5 * SECOND_MS,
  /** What one object could not tell another it tells again after as long as that has lasted already, within these bounds. */
  againMinMs: SECOND_MS,
  againMaxMs: MINUTE_MS,
  failureWorkflows: 100,

  /** An event is copied into every execution that it starts. */
  eventBytes: 256 * KIB,
  eventIdLength: 255,
  /** Events and failures on their way to workflows. When so many wait, the next must wait with its sender. */
  deliveriesWaiting: 10_000,
  /** Workflows that are told something at once: Cloudflare allows six connections per invocation. */
  fanOutAtOnce: 5,
  /** Messages that one call brings: with `eventBytes` far below the 32 MB of a call. */
  fanOutMessages: 20,
  /** How long one workflow may take for them, before others have its place. */
  fanOutMs: 10 * SECOND_MS,
  /** Messages that a workflow brings to its project by one call. */
  outboxPage: 100,
  /** What a waiting execution says that it waits for. */
  waitingListed: 100,
  /** Steps that the event lists with which an undoing begins, each with a key of at most `stepKeyLength`: an event is one row. */
  undoneListed: 1000,
  /** Reasons that one answer to `why` gives: what a person can read, and the first of many say what kind the rest is. */
  whyReasons: 100,

  /** Response of an http step, counted while it streams. */
  httpResponseBytes: MIB,
  httpRequestBytes: MIB,
  /** What a failure keeps of the answer it is about: a step may fail a hundred times, and each failure is an event. */
  failureDetailsBytes: 64 * KIB,
  /** What a failure says to a person; lists and reports carry it. Longer ones are cut. */
  failureMessageChars: 2000,
  httpRedirects: 5,
  httpUrlLength: 8 * KIB,
  httpHeaders: 100,
  /** Cloudflare allows six connections per invocation; one stays free for other objects. */
  httpConnections: 5,
  /** Attempts of one execution in flight at once; the others wait for a place. An `each` may work on so many items. */
  attemptConcurrency: 100,
  /** With so many other attempts in flight an answer waits for those that come at the same time, to share their commit. */
  gatherAttempts: 4,

  /** One module of JavaScript. A graph has room for a few of these. */
  codeSourceChars: 64 * KIB,
  /** What a code step works on, as JSON. It is recorded before the code runs, in a row of at most 2 MB. */
  codeInputBytes: MIB,
  /** Calls and turns of loops inside QuickJS, 1 to 6 ns each: some third of a second at most, in slices. */
  codeFuel: 50_000_000,
  /** 40 to 180 ms. Three million turns of a simple loop, or writing a megabyte of JSON. */
  codeFuelDefault: 25_000_000,
  /** A rough measure of what a run takes, on the machine where the others were measured: 4 ns a unit. */
  codeFuelPerMs: 250_000,
  /** What a run may do before others have their turn. About a millisecond, as long as what other steps do in one go. */
  codeSliceFuel: 250_000,
  /** How many times as long as code others have the process while there is long code. */
  codeOthersShare: 5,
  /** How often a long program looks for room while others have it. */
  codePlaceMs: 10,
  /** A long program that is so late for its turn was lost with its object, and leaves its room. Turns are a second apart at most. */
  codeLostMs: 5 * SECOND_MS,
  /** What the host's work costs that the engine does not count: a page of memory, or being refused one. */
  codePageFuel: 12_000,
  /** What reading the input may cost before the program runs: far more than a megabyte of any JSON does. */
  codeInputFuel: 500_000_000,
  /** What telling about a run may cost after it: the message of an error, the lines of the console. */
  codeReportFuel: 10_000_000,
  /** What the engine begins with, itself and its stack included. One that had no more is kept for the next run. */
  codeHeapMinBytes: 16 * MIB,
  /** An isolate has 128 MB on Cloudflare, and code is not alone in it. So all long programs together have no more, either. */
  codeHeapBytes: 64 * MIB,
  codeHeapDefaultBytes: 32 * MIB,
  /** Room beyond the heap, so that a run that filled it can still say where. */
  codeReportBytes: 2 * MIB,
  /** Of QuickJS's own stack: it ends well before that of the isolate, which differs between machines. */
  codeStackBytes: 128 * KIB,
  /** What a failure shows of the console: the last lines before it, each cut. */
  codeConsoleLines: 20,
  codeConsoleLineChars: 200,

  /**
   * Older events that an object keeps parsed, and their characters of JSON: each item of a list reads the event
   * that holds the list. Room for two bodies of the largest size and one of a trigger; an isolate has 128 MB for many objects.
   */
  keptEvents: 256,
  keptEventChars: 4_000_000,

  /**
   * After this long the alarm finds what the object went on with by itself when its process died. Not much sooner:
   * most attempts are over by then, and the alarm never comes.
   */
  netMs: 20 * SECOND_MS,

  /** Events between two snapshots: what waking may have to fold at most. */
  snapshotEvents: 250,
  /** Entries of a state for which one more event passes between two snapshots: making one takes as long as folding some events. */
  snapshotEntriesPerEvent: 4,

  /** How long `?wait=` and a webhook that answers with its result may hold the caller. */
  waitMs: 30 * SECOND_MS,
  waitDefaultMs: 10 * SECOND_MS,
  idempotencyKeyLength: 255,
  idempotencyMs: DAY_MS,
  /** Stripe retries for three days; Standard Webhooks' sample schedule runs 75 hours. */
  dedupeMs: 7 * DAY_MS,
  deliveriesKept: 1000,
  /** A delivery's stored body; longer ones are cut in the delivery log (the execution keeps all of it). */
  deliveryBodyBytes: 64 * KIB,

  /** Rows of a workflow object's index that one pull carries. */
  changesPage: 500,
  /** Workflows whose changes the builder reads at once: one of Cloudflare's six connections stays free. */
  pullConcurrency: 5,
  /** Workflows that reading a list brings up to date, stalest first; the tick reads the others. */
  pullWorkflowsPerRead: 200,
  /** How long reading a list waits for that. Then it renders with its lag, and the pull goes on behind it. */
  pullWaitMs: 2 * SECOND_MS,
  /** Workflows that one tick reads: an invocation has 1,000 queries, and a workflow costs up to three. */
  pullWorkflowsPerTick: 300,
  /** An up-to-date workflow's time of reading is written this often, so that quiet lists do not cost writes. */
  pullRecordMs: 10 * SECOND_MS,
  /** What a list keeps of an error's message: a page of 500 rows stays under D1's 2 MB for one parameter. */
  listMessageLength: 300,
  eventsPage: 1000,
  listPage: 200,
  /** How long a start's commit may wait for others to share it, while others are under way. */
  commitGatherMs: 20,
  /** Hidden from the list for at most this long: reports of ended executions are written together. */
  reportFlushMs: 100,
  /**
   * An execution that should have been heard of is asked after this long, and again after as long as
   * it has already lasted, up to the maximum. It is how a crash is found out: executions in flight
   * go on within the minimum, or within twice their age.
   */
  sweepMinMs: 5 * SECOND_MS,
  sweepMaxMs: MINUTE_MS,
  /**
   * The same maximum for one that waits for somebody, without a moment: 100,000 of them are about one question a second.
   * Its own alarm finds what is interrupted after it goes on, so that only a lost report stays unnoticed for so long.
   */
  sweepIdleMaxMs: DAY_MS,
  /** A quarantined execution is asked again after this long: a newer release may know what this one does not. */
  quarantineAskMs: HOUR_MS,
  /** How long a call may be on its way to an object: a start that was given up may arrive that late. */
  startArrivesMs: HOUR_MS,
  /** How long one of them may take to say what it is doing. The others must not wait for it without end. */
  pokeMs: 10 * SECOND_MS,
  /** Executions that one sweep asks: each is a call, and an invocation has a budget of them. */
  sweepPage: 50,
  /** At most one hint to the builder in this time for each workflow: each is a pull, and reading a list pulls anyway. */
  hintMs: 5 * SECOND_MS,

  secretNameLength: 64,
  secretBytes: 16 * KIB,
  secretHosts: 20,
  sessionMs: 7 * DAY_MS,
} as const
