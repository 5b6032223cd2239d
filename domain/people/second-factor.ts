import { z } from 'zod'

export const SECOND_FACTORS = ['totp', 'passkey', 'recovery'] as const
export const SecondFactor = z.enum(SECOND_FACTORS).meta({ id: 'SecondFactor' })
export type SecondFactor = z.infer<typeof SecondFactor>

const Bytes = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/)

const CredentialId = Bytes(1_400)
export const PasskeyName = z.string().trim().min(1).max(80)

/** What an authenticator answers when it makes a passkey, in the JSON of WebAuthn. */
export const PasskeyMade = z
  .strictObject({
    id: CredentialId,
    rawId: CredentialId,
    type: z.literal('public-key'),
    response: z.strictObject({
      clientDataJSON: Bytes(8_000),
      attestationObject: Bytes(40_000),
      transports: z.array(z.string().max(20)).max(10).optional(),
    }),
    clientExtensionResults: z.strictObject({}),
  })
  .meta({ id: 'PasskeyMade' })
export type PasskeyMade = z.infer<typeof PasskeyMade>

/** What it answers when it proves that it has one. */
export const PasskeyProof = z
  .strictObject({
    id: CredentialId,
    rawId: CredentialId,
    type: z.literal('public-key'),
    response: z.strictObject({
      clientDataJSON: Bytes(8_000),
      authenticatorData: Bytes(4_000),
      signature: Bytes(8_000),
      userHandle: Bytes(200).optional(),
    }),
    clientExtensionResults: z.strictObject({}),
  })
  .meta({ id: 'PasskeyProof' })
export type PasskeyProof = z.infer<typeof PasskeyProof>

const TotpCode = z
  .string()
  .trim()
  .regex(/^\d{6}$/)
const RecoveryCode = z.string().trim().min(8).max(40)

const proofShape = {
  code: TotpCode.optional(),
  recoveryCode: RecoveryCode.optional(),
  passkey: PasskeyProof.optional(),
}

const ONE_PROOF = { message: 'Give one proof.', params: { code: 'one_proof' } }

/** Exactly one of them. */
export const SecondFactorProof = z
  .strictObject(proofShape)
  .refine((proof) => Object.values(proof).filter((value) => value !== undefined).length === 1, ONE_PROOF)
  .meta({ id: 'SecondFactorProof', minProperties: 1, maxProperties: 1, example: { code: '123456' } })
export type SecondFactorProof = z.infer<typeof SecondFactorProof>

/** Who is signed in shows again that it is them: by their password, or by a second factor where they have one. */
export const Confirmation = z
  .strictObject({ ...proofShape, password: z.string().min(1).max(256).optional() })
  .refine((proof) => Object.values(proof).filter((value) => value !== undefined).length === 1, ONE_PROOF)
  .meta({ id: 'Confirmation', minProperties: 1, maxProperties: 1, example: { code: '123456' } })
export type Confirmation = z.infer<typeof Confirmation>

export const Passkey = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Passkey' })
export type Passkey = z.infer<typeof Passkey>

export const SecondFactors = z
  .strictObject({
    totp: z.boolean(),
    passkeys: z.array(Passkey),
    recoveryCodesLeft: z.int(),
    /** Whether the tenant asks it of this person. */
    required: z.boolean(),
  })
  .meta({ id: 'SecondFactors' })
export type SecondFactors = z.infer<typeof SecondFactors>

/** The secret for an authenticator app, shown once. `uri` is what its QR code says. */
export const TotpEnrolment = z.strictObject({ secret: z.string(), uri: z.string() }).meta({ id: 'TotpEnrolment' })
export type TotpEnrolment = z.infer<typeof TotpEnrolment>

export const ConfirmTotp = z.strictObject({ code: TotpCode }).meta({ id: 'ConfirmTotp' })

/** Each is good once. They are shown only now; null when the person has their codes already. */
export const RecoveryCodes = z
  .strictObject({ recoveryCodes: z.array(z.string()).nullable() })
  .meta({ id: 'RecoveryCodes' })
export type RecoveryCodes = z.infer<typeof RecoveryCodes>

export const NewPasskey = z.strictObject({ name: PasskeyName, passkey: PasskeyMade }).meta({ id: 'NewPasskey' })
export const RenamePasskey = z.strictObject({ name: PasskeyName }).meta({ id: 'RenamePasskey' })

/** Options for `navigator.credentials`, as WebAuthn writes them in JSON. */
export const PasskeyOptions = z.record(z.string(), z.unknown()).meta({ id: 'PasskeyOptions' })
