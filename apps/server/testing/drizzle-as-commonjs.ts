// `--import` of this file makes a child process load Drizzle's CommonJS build, as the tests do.
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    /^drizzle-orm($|\/)/.test(specifier)
      ? next(specifier, { ...context, conditions: ['node', 'require', 'default'] })
      : next(specifier, context),
})
