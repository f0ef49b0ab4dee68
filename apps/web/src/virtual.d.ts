/** The address and the integrity hash of the result page's script. The build provides this module. */
declare module 'virtual:result-script' {
  const script: { readonly address: string; readonly integrity: string | null }
  export default script
}
