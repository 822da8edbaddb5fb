import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Locator, Page } from 'playwright-core'
import type { TestServer } from '../../support/server.ts'

export type VisitorOptions = {
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
}

/** A person with a browser of their own. Everything the browser complains about is kept, refused content included. */
export class Visitor {
  readonly page: Page
  /** What went to the console as an error or warning, and what was thrown. A test that ends well left none. */
  readonly complaints: string[] = []
  /** Paths of the requests since `forgetRequests`. */
  readonly requests: string[] = []
  readonly #url: string

  private constructor(page: Page, url: string) {
    this.page = page
    this.#url = url
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('request', (request) => this.requests.push(new URL(request.url()).pathname))
    page.on('websocket', (socket) => this.requests.push(new URL(socket.url()).pathname))
  }

  static async come(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
    const { theme = 'light', width = 1440, height = 900 } = options
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    context.setDefaultTimeout(15_000)
    return new Visitor(await context.newPage(), url)
  }

  /** Comes and signs in by the link. That nobody was signed in before is no complaint. */
  static async signedIn(browser: Browser, server: TestServer, options: VisitorOptions = {}): Promise<Visitor> {
    const visitor = await Visitor.come(browser, server.url, options)
    await visitor.open(`/sign-in#token=${server.token}`)
    await visitor.page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor()
    visitor.complaints.length = 0
    return visitor
  }

  async open(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.#url).href)
  }

  get path(): string {
    const { pathname, search } = new URL(this.page.url())
    return pathname + search
  }

  forgetRequests(): void {
    this.requests.length = 0
  }

  /** Complaints other than those a test has brought about. */
  complaintsBut(expected: RegExp): string[] {
    return this.complaints.filter((complaint) => !expected.test(complaint))
  }

  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText())
  }

  /** A step on the canvas, with its status in words. */
  step(label: string): Locator {
    return this.page.locator('.react-flow__node').filter({ hasText: label })
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** What axe calls serious or critical on the page as it is now. */
  async barriers(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${this.path} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  }

  leave(): Promise<void> {
    return this.page.context().close()
  }
}
