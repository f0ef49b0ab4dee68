import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createApi } from './api.ts'
import './base.css'
import './parts/parts.css'
import { Routes } from './routes.tsx'

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Routes api={createApi('/trpc')} />
    </StrictMode>,
  )
}
