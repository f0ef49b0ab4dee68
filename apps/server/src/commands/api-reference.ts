import { openApiDocument } from '../http/rest/openapi/document.ts'
import { markdownOf } from '../http/rest/openapi/markdown.ts'

// `npx -y pnpm api` writes this output to docs/api.md.

process.stdout.write(markdownOf(openApiDocument()))
