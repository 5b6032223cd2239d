/** Bodies as somebody would send them, by the name of their schema; others are made from what the schema tells. */
export const REQUEST_EXAMPLES: Readonly<Record<string, unknown>> = {
  CreateContact: { name: 'Carla Gómez', phone: '+4915112340000', email: 'carla@example.com' },
  ChangeContact: { name: 'Carla Gómez Ruiz' },
  SetConsent: { state: 'granted', source: 'Web form', proof: { form: 'newsletter', words: 'Yes, send me offers.' } },
  CreateTag: { name: 'vip', color: 'blue' },
  ChangeTag: { color: 'green' },
  CreateCustomField: { key: 'shoe_size', label: 'Shoe size', type: 'number' },
  ChangeCustomField: { label: 'Size of shoes' },
  WriteReply: {
    clientId: '0199c0de-0000-7000-8000-000000000001',
    content: { kind: 'text', text: 'Your parcel is on its way.' },
  },
  CloseConversation: { reason: 'resolved' },
  SnoozeConversation: { until: '2099-01-01T09:00:00Z' },
  CreateFlow: { name: 'Welcome', description: 'Greets whoever writes for the first time.' },
  ChangeFlow: { version: 1, name: 'Welcome', description: 'Greets whoever writes.' },
  PublishFlow: { version: 1, note: 'Friendlier greeting', enable: true },
  StartRun: { contactId: '018f4e5c-0000-7000-8000-000000000001', cause: 'order 4711', variables: { order: '4711' } },
  CreateRole: { key: 'desk', name: 'Front desk', permissions: ['conversations.read', 'conversations.reply'] },
  ChangeRole: { name: 'Front desk and phone' },
  CreateCalendar: {
    name: 'Office',
    timeZone: 'Europe/Berlin',
    week: [{ day: 0, spans: [{ opens: '09:00', closes: '18:00' }] }],
    holidays: [{ date: '2026-12-25', yearly: true, name: 'Christmas' }],
  },
  CreateApiKey: { name: 'CRM', permissions: ['contacts.read', 'contacts.write'] },
}
