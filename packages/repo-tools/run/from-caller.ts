// Loaded with `--import` before a command: file names that it is given are relative to the caller's folder, as everywhere
// in a terminal. pnpm runs each script in the folder of its package.json and says in INIT_CWD where it was called.

process.chdir(process.env['INIT_CWD'] ?? '.')
