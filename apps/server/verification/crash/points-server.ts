import { createApp } from '../../src/http/app.ts'
import { readConfig } from '../../src/config/config.ts'
import { realClock, realLag, realRandom, sharedChanges, type Deps } from '../../src/deps.ts'
import { listen } from '../../src/http/listener.ts'
import { openHttp } from '../../src/gateway/http.ts'
import { openGateways } from '../../src/gateway/gateways.ts'
import { startJourney } from '../../src/journey/journey.ts'
import { openLog } from '../../src/log/log.ts'
import { openMetrics } from '../../src/log/metrics.ts'
import { openSecrets } from '../../src/config/secrets.ts'
import { openDatabase } from '../../src/store/engines/open.ts'
import { fateAt, isPoint } from './points.ts'

/** `node points.js <point> <passages>` when it is built: the server of `src/main.ts`, which kills itself at the n-th passage of a point. */
const [point, passages] = process.argv.slice(2)
if (!isPoint(point)) throw new Error('which point?')
const fate = fateAt(point, Number(passages))

const read = readConfig()
if (!read.ok) throw new Error(read.problem.join('\n'))
const config = read.value
const store = await openDatabase(config.databaseUrl, (run) => void setImmediate(run))
const log = openLog(config.logLevel)
const outside: Deps = {
  config,
  secrets: openSecrets(config.secrets),
  clock: realClock,
  random: realRandom,
  log,
  store,
  gateways: openGateways(config, { http: openHttp().http, nowMs: realClock.monotonicMs, log }),
  http: openHttp({ publicOnly: config.notify?.allowPrivate !== true }).http,
  changes: sharedChanges(store),
  metrics: openMetrics({ ofProcess: true }),
}
const journey = await startJourney(fate.deps(outside))
listen(fate.app(createApp(journey, null, realLag())), config, () => undefined)
