/** Loads a script of another origin. */
export function loadScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = url
    script.onerror = () => {
      script.remove()
      reject(new Error(`the payment script did not load: ${url}`))
    }
    script.onload = () => resolve()
    document.head.append(script)
  })
}
