/** What the driver does when nobody asks it for FULL: the danger itself, as a module that is loaded before the server. */
export const weakening = `
const { createRequire } = require('node:module')
const Database = createRequire(${JSON.stringify(import.meta.filename)})('better-sqlite3')
const pragma = Database.prototype.pragma
Database.prototype.pragma = function (text, options) {
  if (text === 'synchronous') return 2
  return pragma.call(this, text === 'synchronous = FULL' ? 'synchronous = NORMAL' : text, options)
}`
