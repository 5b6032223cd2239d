import type { OpenSpan } from '#domain/calendars/schema.ts'
import type { CreateCustomField } from '#domain/custom-fields/schema.ts'
import type { SampleLanguage } from '#domain/flows/samples/drawing.ts'
import type { BuiltInRole } from '#domain/permissions/catalogue.ts'
import type { TagColor } from '#domain/tags/schema.ts'
import type { Scene } from './scene.ts'
import { SCENES_EN } from './scenes-en.ts'
import { SCENES_ES } from './scenes-es.ts'

export type DemoPerson = {
  name: string
  email: string
  role: BuiltInRole
  availability: 'online' | 'away' | 'busy' | 'offline'
}

export type DemoHouse = {
  key: string
  name: string
  locale: string
  language: SampleLanguage
  timeZone: string
  channelName: string
  /** The first owns the tenant. */
  people: readonly DemoPerson[]
  /** Who answers in the scenes, by e-mail. */
  agents: readonly string[]
  hours: { days: readonly number[]; spans: OpenSpan[] }[]
  holidays: { date: string; name: string }[]
  tags: readonly { name: string; color: TagColor }[]
  fields: readonly CreateCustomField[]
  /** People who play a part by name; all others are made of the lists. */
  named: readonly { name: string; phone: string | null; username?: string; locale: string; tags?: readonly string[] }[]
  contactsCount: number
  firstNames: readonly string[]
  lastNames: readonly string[]
  phone: (n: number) => string
  scenes: readonly Scene[]
  greeting: string
}

const ALL_DAYS = [0, 1, 2, 3, 4, 5, 6]
const digits = (n: number, length: number) => String(n).padStart(length, '0')

const AMANI: DemoHouse = {
  key: 'amani',
  name: 'Amani Coffee',
  locale: 'en',
  language: 'en',
  timeZone: 'Africa/Nairobi',
  channelName: 'Amani Coffee, Nairobi',
  people: [
    { name: 'Grace Wanjiru', email: 'grace@amani.example', role: 'owner', availability: 'online' },
    { name: 'Daniel Otieno', email: 'daniel@amani.example', role: 'admin', availability: 'away' },
    { name: 'Amina Hassan', email: 'amina@amani.example', role: 'supervisor', availability: 'online' },
    { name: 'Brian Kiptoo', email: 'brian@amani.example', role: 'agent', availability: 'online' },
    { name: 'Faith Njeri', email: 'faith@amani.example', role: 'agent', availability: 'busy' },
    { name: 'Kevin Barasa', email: 'kevin@amani.example', role: 'agent', availability: 'online' },
    { name: 'Peter Mwangi', email: 'peter@amani.example', role: 'viewer', availability: 'offline' },
  ],
  agents: ['brian@amani.example', 'faith@amani.example', 'kevin@amani.example'],
  hours: [{ days: ALL_DAYS, spans: [{ opens: '06:30', closes: '21:00' }] }],
  holidays: [
    { date: '2026-12-12', name: 'Jamhuri Day' },
    { date: '2026-12-25', name: 'Christmas' },
  ],
  tags: [
    { name: 'VIP', color: 'amber' },
    { name: 'Wholesale', color: 'teal' },
    { name: 'Subscription', color: 'blue' },
    { name: 'Complaint', color: 'red' },
    { name: 'New', color: 'green' },
    { name: 'Mombasa', color: 'violet' },
  ],
  fields: [
    { key: 'tier', label: 'Tier', type: 'choice', options: ['Bronze', 'Silver', 'Gold'], required: false },
    { key: 'favourite_drink', label: 'Favourite drink', type: 'text', options: [], required: false },
    { key: 'loyalty_points', label: 'Loyalty points', type: 'number', options: [], required: false },
    { key: 'member_since', label: 'Member since', type: 'date', options: [], required: false },
    { key: 'newsletter', label: 'Newsletter', type: 'checkbox', options: [], required: false },
    { key: 'interest', label: 'Interest', type: 'text', options: [], required: false },
  ],
  named: [
    { name: 'Wanjiku Kamau', phone: '+254712300101', locale: 'en', tags: ['VIP', 'Subscription'] },
    { name: 'أحمد المصري', phone: '+201001230102', locale: 'ar', tags: ['Wholesale'] },
    { name: 'Juma Mwalimu', phone: null, username: 'juma.mwalimu', locale: 'sw', tags: ['New'] },
    { name: 'Sofia Marino', phone: '+393471230104', locale: 'en', tags: ['Wholesale', 'VIP'] },
    { name: 'فاطمة الزهراني', phone: '+966501230105', locale: 'ar', tags: ['Mombasa'] },
    { name: 'Otieno Ouma', phone: '+254712300106', locale: 'sw' },
    { name: 'Mercy Chebet', phone: '+254712300107', locale: 'en', tags: ['Complaint'] },
    { name: 'Halima Abdi', phone: '+254712300108', locale: 'sw', tags: ['Mombasa'] },
  ],
  contactsCount: 130,
  firstNames: [
    'Achieng',
    'Wambui',
    'Kamau',
    'Njoroge',
    'Zawadi',
    'Baraka',
    'Naliaka',
    'Kiprono',
    'Mumbi',
    'Omondi',
    'Salma',
    'Yusuf',
    'Neema',
    'Joseph',
    'Esther',
    'Abdi',
  ],
  lastNames: [
    'Mwangi',
    'Odhiambo',
    'Cheruiyot',
    'Wafula',
    'Njuguna',
    'Ali',
    'Karanja',
    'Barasa',
    'Kimani',
    'Onyango',
    'Mutua',
    'Rotich',
  ],
  phone: (n) => `+2547223${digits(n, 5)}`,
  scenes: SCENES_EN,
  greeting: 'Hi, are you open today?',
}

const LUZ: DemoHouse = {
  key: 'luz',
  name: 'Librería Luz',
  locale: 'es',
  language: 'es',
  timeZone: 'America/Mexico_City',
  channelName: 'Librería Luz, Ciudad de México',
  people: [
    { name: 'Lucía Hernández', email: 'lucia@luz.example', role: 'owner', availability: 'online' },
    { name: 'Mateo Ruiz', email: 'mateo@luz.example', role: 'agent', availability: 'online' },
    { name: 'Valeria Gómez', email: 'valeria@luz.example', role: 'agent', availability: 'online' },
    { name: 'Rodrigo Salinas', email: 'rodrigo@luz.example', role: 'agent', availability: 'away' },
    { name: 'Grace Wanjiru', email: 'grace@amani.example', role: 'supervisor', availability: 'away' },
  ],
  agents: ['lucia@luz.example', 'mateo@luz.example', 'valeria@luz.example', 'rodrigo@luz.example'],
  hours: [
    { days: [0, 1, 2, 3, 4, 5], spans: [{ opens: '10:00', closes: '20:00' }] },
    { days: [6], spans: [{ opens: '11:00', closes: '17:00' }] },
  ],
  holidays: [
    { date: '2026-09-16', name: 'Día de la Independencia' },
    { date: '2026-12-25', name: 'Navidad' },
  ],
  tags: [
    { name: 'VIP', color: 'amber' },
    { name: 'Club de lectura', color: 'violet' },
    { name: 'Escuelas', color: 'teal' },
    { name: 'Queja', color: 'red' },
    { name: 'Nuevo', color: 'green' },
  ],
  fields: [
    {
      key: 'genero',
      label: 'Género favorito',
      type: 'choice',
      options: ['Novela', 'Poesía', 'Ensayo', 'Infantil'],
      required: false,
    },
    { key: 'puntos', label: 'Puntos', type: 'number', options: [], required: false },
    { key: 'boletin', label: 'Boletín', type: 'checkbox', options: [], required: false },
    { key: 'interest', label: 'Interés', type: 'text', options: [], required: false },
  ],
  named: [
    { name: 'José Ángel Muñoz', phone: '+525512340101', locale: 'es', tags: ['VIP'] },
    { name: 'María Fernanda López', phone: '+525512340102', locale: 'es', tags: ['Club de lectura'] },
    { name: 'Colegio Las Américas', phone: '+525512340103', locale: 'es', tags: ['Escuelas'] },
    { name: 'Ximena Torres', phone: '+525512340104', locale: 'es', tags: ['Queja'] },
  ],
  contactsCount: 70,
  firstNames: ['Diego', 'Valentina', 'Santiago', 'Camila', 'Emiliano', 'Regina', 'Andrés', 'Paola', 'Iván', 'Renata'],
  lastNames: ['García', 'Hernández', 'Martínez', 'Sánchez', 'Ramírez', 'Flores', 'Ortiz', 'Vázquez', 'Núñez'],
  phone: (n) => `+5255980${digits(n, 5)}`,
  scenes: SCENES_ES,
  greeting: 'Hola, ¿están abiertos hoy?',
}

export const DEMO_HOUSES: readonly DemoHouse[] = [AMANI, LUZ]
