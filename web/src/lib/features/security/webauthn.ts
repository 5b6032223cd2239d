type Json = Record<string, unknown>
type Descriptor = { id: string; type: 'public-key'; transports?: string[] }

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))

const textOf = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const descriptors = (list: unknown): PublicKeyCredentialDescriptor[] =>
  ((list ?? []) as Descriptor[]).map(({ id, type, transports }) => ({
    id: bytesOf(id),
    type,
    ...(transports && { transports: transports as AuthenticatorTransport[] }),
  }))

/** A passkey belongs to a named site; an address in numbers is none. */
export const passkeysWork = (): boolean =>
  'credentials' in navigator && 'PublicKeyCredential' in globalThis && !/^[\d.]+$|^\[/.test(location.hostname)

/** Lets an authenticator make a passkey, and gives back what the API reads. Throws when the person stops it. */
export async function makePasskey(options: Json): Promise<Json> {
  const user = options['user'] as { id: string; name: string; displayName: string }
  const publicKey = {
    ...options,
    challenge: bytesOf(options['challenge'] as string),
    user: { ...user, id: bytesOf(user.id) },
    excludeCredentials: descriptors(options['excludeCredentials']),
  } as unknown as PublicKeyCredentialCreationOptions // The rest of the JSON is the same in both forms.
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  return {
    ...{ id: made.id, rawId: made.id, type: 'public-key', clientExtensionResults: {} },
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  }
}

/** Lets an authenticator prove a passkey. Throws when the person stops it. */
export async function provePasskey(options: Json): Promise<Json> {
  const publicKey = {
    ...options,
    challenge: bytesOf(options['challenge'] as string),
    allowCredentials: descriptors(options['allowCredentials']),
  } as unknown as PublicKeyCredentialRequestOptions
  const proof = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential
  const response = proof.response as AuthenticatorAssertionResponse
  const { userHandle } = response
  return {
    ...{ id: proof.id, rawId: proof.id, type: 'public-key', clientExtensionResults: {} },
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      ...(userHandle && userHandle.byteLength > 0 && { userHandle: textOf(userHandle) }),
    },
  }
}
