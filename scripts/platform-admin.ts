// `node scripts/platform-admin.ts you@example.com`: lets somebody who has an account run this installation. Who may set the address
// of the platform's database role may do this; from then on administrators add each other in the app.
import { createAuth } from '#infra/auth/auth.ts'
import { keyRingFrom } from '#infra/crypto/keyring.ts'
import { createPlatformDb } from '#infra/db/platform.ts'
import { auditPlatform } from '#infra/db/stores/platform-audit.ts'
import { addAdministrator } from '#infra/db/stores/platform-people.ts'
import { readEnv, requireSettings } from '#infra/env.ts'

const [email] = process.argv.slice(2)
if (email === undefined) {
  console.error('usage: node scripts/platform-admin.ts you@example.com')
  process.exit(1)
}
const env = requireSettings(readEnv(), 'databasePlatformUrl', 'databaseAuthUrl', 'authSecret', 'rootKey')
const platform = createPlatformDb({ url: env.databasePlatformUrl })
const auth = await createAuth({
  ...{ url: env.databaseAuthUrl, secret: env.authSecret, keyRing: keyRingFrom(env.rootKey) },
  ...{ origins: [], secureCookies: false, sendReset: async () => undefined, onError: () => undefined },
})
try {
  const person = await auth.findPerson(email)
  if (person === undefined) {
    console.error(`There is no account for ${email}: sign up in the app first.`)
    process.exitCode = 1
  } else {
    const { personId } = person
    const subject = { type: 'person', id: personId }
    await platform.run(async (tx) => {
      if (!(await addAdministrator(tx, { personId, addedBy: null }))) return
      await auditPlatform(tx, { personId, action: 'administrators.add', subject, detail: { by: 'command' } })
    })
    console.log(`${email} runs this installation.`)
  }
} finally {
  await Promise.all([auth.close(), platform.close()])
}
