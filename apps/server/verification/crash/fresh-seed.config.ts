/** Another in each run, unless `proof ci --seed` asks for one again. */
export const freshSeed = Number(process.env['PROOF_SEED'] ?? Date.now() % 1_000_000)
