import { h, icon, sheet } from './dom.js'

/** The rows of a list message, as a sheet from below. */
export function openList(action, choose) {
  sheet({
    title: action.button ?? 'Choose',
    body: (close) =>
      h(
        'form',
        {
          class: 'form',
          onsubmit: (event) => {
            event.preventDefault()
            const id = new FormData(event.target).get('row')
            const row = action.sections.flatMap((section) => section.rows).find((candidate) => candidate.id === id)
            if (!row) return
            close()
            choose(row)
          },
        },
        ...(action.sections ?? []).map((section) =>
          h(
            'fieldset',
            { class: 'choices' },
            section.title && h('legend', {}, section.title),
            ...section.rows.map((row) =>
              h(
                'label',
                { class: 'choice' },
                h('input', { type: 'radio', name: 'row', value: row.id, required: true }),
                h('span', {}, h('strong', {}, row.title), row.description && h('small', {}, row.description)),
              ),
            ),
          ),
        ),
        h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'primary' }, 'Send choice')),
      ),
  })
}

/** A basket to fill: products with their count, at a price that is only believed. */
export function openOrder({ products, catalogId, send }) {
  sheet({
    title: 'Your order',
    body: (close) =>
      h(
        'form',
        {
          class: 'form',
          onsubmit: (event) => {
            event.preventDefault()
            const given = new FormData(event.target)
            const items = products
              .map((id) => ({
                product_retailer_id: id,
                quantity: Number(given.get(`count ${id}`)),
                item_price: Number(given.get(`price ${id}`)),
                currency: String(given.get('currency')),
              }))
              .filter((item) => item.quantity > 0)
            if (items.length === 0) return
            close()
            send({ catalog_id: String(catalogId), text: String(given.get('text') ?? ''), product_items: items })
          },
        },
        ...products.map((id, index) =>
          h(
            'div',
            { class: 'product' },
            h('span', { class: 'product-name' }, icon('bag', 18), id),
            h(
              'label',
              {},
              'Count',
              h('input', {
                type: 'number',
                name: `count ${id}`,
                min: 0,
                max: 99,
                value: index === 0 ? 1 : 0,
                'aria-label': `Count of ${id}`,
              }),
            ),
            h(
              'label',
              {},
              'Price',
              h('input', {
                type: 'number',
                name: `price ${id}`,
                min: 0,
                step: '0.01',
                value: (12.5 + index * 5).toFixed(2),
                'aria-label': `Price of ${id}`,
              }),
            ),
          ),
        ),
        h(
          'label',
          { class: 'field' },
          h('span', {}, 'Currency'),
          h('input', { name: 'currency', value: 'USD', pattern: '[A-Z]{3}', required: true }),
        ),
        h('label', { class: 'field' }, h('span', {}, 'Note'), h('input', { name: 'text' })),
        h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'primary' }, 'Send order')),
      ),
  })
}

const ADDRESS = {
  name: 'Ana Torres',
  phone_number: '+12025550143',
  address: '4 Mill Lane',
  city: 'Springfield',
  in_pin_code: '400063',
}

/** Forms that live elsewhere: the answer is the JSON that such a form would give back. */
export function openForm({ title, name, token, send }) {
  const answer =
    name === 'address_message' ? { values: ADDRESS } : { ...(token ? { flow_token: token } : {}), answer: 'yes' }
  sheet({
    title,
    body: (close) =>
      h(
        'form',
        {
          class: 'form',
          onsubmit: (event) => {
            event.preventDefault()
            const json = event.target.elements.json.value
            close()
            send({
              type: 'interactive',
              interactive: { type: 'nfm_reply', nfm_reply: { name, body: 'Sent', response_json: json } },
            })
          },
        },
        h('p', { class: 'soft' }, 'This form is not drawn here. Say what it would answer:'),
        h(
          'label',
          { class: 'field' },
          h('span', {}, 'Answer (JSON)'),
          h('textarea', { name: 'json', rows: 6, value: JSON.stringify(answer, null, 2), spellcheck: false }),
        ),
        h('div', { class: 'form-end' }, h('button', { type: 'submit', class: 'primary' }, 'Send answer')),
      ),
  })
}
