/** The connection of a request. `breakOff` closes it before any byte of the answer is sent. */
export type Connection = { readonly breakOff: () => void }
export type SandboxEnv = { Bindings: Connection }
