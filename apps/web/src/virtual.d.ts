/** Where the result page's script lies, and what is in it; made by the build. */
declare module 'virtual:result-script' {
  const script: { readonly address: string; readonly integrity: string | null }
  export default script
}
