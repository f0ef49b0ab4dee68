type Explained = { readonly found: string; readonly advice: string }

const noAnswer: Explained = {
  found: 'gives no answer in time',
  advice:
    'Ask whether a firewall between here and there drops connections, and whether the program there is stuck.',
}
const noName: Explained = {
  found: 'has a name that does not resolve',
  advice: 'Correct the name, or its DNS record.',
}
const brokenOff: Explained = {
  found: 'breaks the connection off',
  advice: 'Read the log of the program there, or of the proxy before it.',
}
const untrusted: Explained = {
  found: 'has a certificate that this machine does not trust',
  advice:
    'Install a certificate of a public authority with its whole chain, or name your own CA in NODE_EXTRA_CA_CERTS.',
}
const noTls: Explained = {
  found: 'speaks no TLS',
  advice: 'Correct the port, or let the proxy there serve https.',
}

const causes: Readonly<Record<string, Explained>> = {
  ECONNREFUSED: {
    found: 'is closed: nobody listens there',
    advice: 'Start the program there, or correct the address.',
  },
  ENOTFOUND: noName,
  EAI_AGAIN: noName,
  TimeoutError: noAnswer,
  AbortError: noAnswer,
  deadline: noAnswer,
  ETIMEDOUT: noAnswer,
  UND_ERR_CONNECT_TIMEOUT: noAnswer,
  EHOSTUNREACH: noAnswer,
  ENETUNREACH: noAnswer,
  ECONNRESET: brokenOff,
  EPIPE: brokenOff,
  UND_ERR_SOCKET: brokenOff,
  HPE_INVALID_CONSTANT: { found: 'does not speak HTTP', advice: 'Correct the port.' },
  CERT_HAS_EXPIRED: { found: 'has an expired certificate', advice: 'Renew the certificate there.' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    found: 'has a certificate of another name',
    advice: 'Get a certificate for this name, or correct the address.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPRIVATE: {
    found: 'leads to a private address',
    advice: 'If that is meant, set NOTIFY_ALLOW_PRIVATE=true.',
  },
}

/** Says of an address why a call got no answer: `cause` is a code of the system, of TLS or of the HTTP client. */
export const whyUnreachable = (cause: string): Explained =>
  causes[cause] ?? {
    found: `cannot be reached (${cause})`,
    advice: 'Correct the address, or what stands before it.',
  }
