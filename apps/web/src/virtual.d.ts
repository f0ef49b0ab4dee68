/** Where the result page's script lies; made by the build. */
declare module 'virtual:result-script' {
  const address: string
  export default address
}
