// A process that a test starts with `--import` of this file loads Drizzle's CommonJS build, as the tests themselves do.
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    /^drizzle-orm($|\/)/.test(specifier)
      ? next(specifier, { ...context, conditions: ['node', 'require', 'default'] })
      : next(specifier, context),
})
