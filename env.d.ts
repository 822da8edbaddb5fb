declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import('./runtime/worker.ts')
  }
  interface Env {
    EXECUTION: DurableObjectNamespace<import('./runtime/objects/execution-object.ts').ExecutionObject>
    WORKFLOW: DurableObjectNamespace<import('./runtime/objects/workflow-object.ts').WorkflowObject>
    PROJECT: DurableObjectNamespace<import('./runtime/objects/project-object.ts').ProjectObject>
    VAULT: DurableObjectNamespace<import('./runtime/objects/vault-object.ts').VaultObject>
    CHANGES: Queue<import('./schemas/api/runtime.ts').ChangedHint>
    /** Bearer token of the administrator. Without it every protected route refuses. */
    ADMIN_TOKEN?: string
    /** 32 bytes in base64: the key that seals the secrets. */
    SECRETS_KEY?: string
    /** The origin by which others reach this server, for the links that it sends. */
    PUBLIC_URL?: string
    /** `1` lets http steps reach loopback and private addresses. */
    ALLOW_PRIVATE_NETWORK?: string
  }
}
interface Env extends Cloudflare.Env {}

declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}

/** JavaScript Promise Integration, which the types of Cloudflare lack: https://github.com/WebAssembly/js-promise-integration */
declare namespace WebAssembly {
  /** What it makes can only be imported. */
  const Suspending: new (work: () => Promise<void>) => () => void
  function promising<Args extends unknown[], Result>(
    work: (...args: Args) => Result,
  ): (...args: Args) => Promise<Result>
}
