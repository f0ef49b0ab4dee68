/** The connection of a request. `breakOff` closes it before the first byte of the answer. */
export type Connection = { readonly breakOff: () => void }
export type SandboxEnv = { Bindings: Connection }
