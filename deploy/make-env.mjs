// node deploy/make-env.mjs chat.example.com > .env: every secret that docker-compose.yml asks for, made at random.
// What only you can know is left empty, and compose names it until it is filled in. With --objects, files lie in an object
// store that compose brings up, too.
import { createECDH, randomBytes } from 'node:crypto'

const [domain, ...options] = process.argv.slice(2)
if (!/^[a-z0-9.-]+$/i.test(domain ?? '') || options.some((option) => option !== '--objects')) {
  process.stderr.write('usage: node deploy/make-env.mjs chat.example.com [--objects] > .env\n')
  process.exit(1)
}
const word = () => randomBytes(32).toString('base64url')
/** A point's scalar may begin with zeros, which the library leaves out. */
function vapidKey() {
  const curve = createECDH('prime256v1')
  curve.generateKeys()
  return Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()])
    .subarray(-32)
    .toString('base64url')
}
const passwords = [
  'POSTGRES',
  'DATABASE_MIGRATE',
  'DATABASE_APP',
  'DATABASE_RELAY',
  'DATABASE_AUTH',
  'DATABASE_PLATFORM',
  'TEMPORAL_DATABASE',
]
const FILES_ON_VOLUME = `# Files lie on the volume data. For a bucket elsewhere, set those of README.md that begin with HOLDFAST_S3.`
const filesInStore =
  () => `# Files lie in the object store of this house. Without these lines they lie on the volume data.
COMPOSE_PROFILES=objects
HOLDFAST_S3_ENDPOINT=http://objects:7070
HOLDFAST_S3_BUCKET=holdfast
HOLDFAST_S3_ACCESS_KEY=${randomBytes(10).toString('hex')}
HOLDFAST_S3_SECRET_KEY=${word()}`

process.stdout.write(`# Keep this file as you keep a key: chmod 600 .env, and a copy in a safe place.
HOLDFAST_DOMAIN=${domain}

# Lost, everything encrypted is lost.
HOLDFAST_ROOT_KEY=${randomBytes(32).toString('base64')}
HOLDFAST_AUTH_SECRET=${word()}
# By it the push services of browsers know the house; changed, every browser must be allowed again.
HOLDFAST_VAPID_PRIVATE_KEY=${vapidKey()}
${passwords.map((name) => `${name}_PASSWORD=${word()}`).join('\n')}

${options.includes('--objects') ? filesInStore() : FILES_ON_VOLUME}

# To be filled in.
SMTP_URL=
HOLDFAST_MAIL_FROM=Holdfast <no-reply@${domain}>
HOLDFAST_GRAPH_APP_SECRET=
HOLDFAST_GRAPH_VERIFY_TOKEN=${word()}
HOLDFAST_GRAPH_ACCESS_TOKEN=
`)
