import { render } from 'preact/compat'
import { createApi } from './api.ts'
import './base.css'
import './parts/parts.css'
import { Routes } from './routes.tsx'

const root = document.getElementById('root')
if (root !== null) render(<Routes api={createApi('/trpc')} />, root)
