import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { launchBrowser } from '../../support/browser.ts'
import { startServer, type TestServer, type TestServerOptions } from '../../support/server.ts'
import { StepwellClient } from '../../support/stepwell-client.ts'
import { Visitor, type VisitorOptions } from './visitor.ts'

type Open = { readonly server: TestServer; readonly client: StepwellClient; readonly browser: Browser }

/** A real server and a real browser, there from the first test of a `describe` to its last. */
export class Studio {
  #open: Open | null = null
  #visitor: Visitor | null = null

  private constructor(options: TestServerOptions) {
    beforeAll(async () => {
      const [server, browser] = await Promise.all([startServer(options), launchBrowser()])
      this.#open = { server, browser, client: new StepwellClient(server) }
    })
    afterAll(async () => {
      await Promise.all([this.browser.close(), this.server.stop()])
    })
  }

  static open(options: TestServerOptions = {}): Studio {
    return new Studio(options)
  }

  /** With someone who signs in before each test, and whose browser has complained of nothing when it ends. */
  static visited(options: TestServerOptions = {}): Studio {
    const studio = new Studio(options)
    beforeEach(async () => {
      studio.#visitor = await studio.signedIn()
    })
    afterEach(async () => {
      expect(studio.visitor.complaints).toEqual([])
      await studio.visitor.leave()
    })
    return studio
  }

  get server(): TestServer {
    return present(this.#open).server
  }

  get client(): StepwellClient {
    return present(this.#open).client
  }

  get browser(): Browser {
    return present(this.#open).browser
  }

  get visitor(): Visitor {
    return present(this.#visitor)
  }

  signedIn(options: VisitorOptions = {}): Promise<Visitor> {
    return Visitor.signedIn(this.browser, this.server, options)
  }
}

function present<Value>(value: Value | null): Value {
  if (value === null) throw new Error('the studio is open while tests run')
  return value
}
