// A type or interface name stands for one thing in the product: it is declared once.

import { parseSync, Visitor } from 'oxc-parser'
import type { SourceText } from './source.ts'

const product = /^(?:apps\/[^/]+|packages\/(?:payment-core|gateway-sandbox|client))\/src\//
const aside = /\.(?:test|contract|samples)\.tsx?$/

export type NamedType = { readonly name: string; readonly where: string }

/** The types and interfaces that product sources declare. Tests, contracts and samples are left out. */
export function typesDeclaredIn({ path, text }: SourceText): NamedType[] {
  if (!product.test(path) || aside.test(path)) return []
  const declared: NamedType[] = []
  const take = ({ id }: { id: { name: string; start: number } }): void => {
    declared.push({ name: id.name, where: `${path}:${text.slice(0, id.start).split('\n').length}` })
  }
  new Visitor({ TSTypeAliasDeclaration: take, TSInterfaceDeclaration: take }).visit(
    parseSync(path, text).program,
  )
  return declared
}

/** Each name that is declared more than once, with its places. */
export function repeatedNames(declared: readonly NamedType[]): string[] {
  const places = Map.groupBy(declared, ({ name }) => name)
  return [...places]
    .filter(([, found]) => found.length > 1)
    .map(([name, found]) => `${name}: ${found.map(({ where }) => where).join(', ')}`)
}
