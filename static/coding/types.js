/**
 * The shapes that the workspace's modules share. Only types: nothing runs here.
 *
 * Every position is a Unicode code point in the document's text, every range half-open, as on the server. UTF-16 offsets
 * live nowhere but in positions.js and in what it is called from: the browser's own selection.
 *
 * @module
 */

/**
 * A paragraph-like part of the text.
 * @typedef {object} Block
 * @property {number} index  from 0, in text order
 * @property {string} kind   heading, paragraph, list_item, table_row, page_break
 * @property {number | null} level  of a heading, 1 to 6
 * @property {number} start
 * @property {number} end
 * @property {number | null} page
 * @property {'ltr' | 'rtl' | 'auto' | null} dir
 * @property {string} text
 */

/** A number is an id of the server; a string belongs to a coding that has not reached it yet.
 * @typedef {number | string} CodingId */

/**
 * One code on one passage by one coder.
 * @typedef {object} Coding
 * @property {CodingId} id
 * @property {number} [document]
 * @property {number} code
 * @property {{id: number, name: string}} coder  id 0: not known yet (see `partial`)
 * @property {'coder' | 'consensus'} layer
 * @property {number} start
 * @property {number} end
 * @property {string} quote
 * @property {string | null} memo
 * @property {number | null} weight
 * @property {number} version
 * @property {string} created_at
 * @property {string} updated_at
 * @property {boolean} [partial]  known from the map alone: place and code, no words
 * @property {boolean} [sending]  the server has not confirmed it, or its last change, yet
 * @property {boolean} [waiting]  the server could not be reached: kept here until it can
 */

/** What a coder can change about a coding.
 * @typedef {{start?: number, end?: number, code?: number, memo?: string | null, weight?: number | null}} Fields */

/**
 * One write that the server has not answered. Kept in the browser's own storage until it has.
 * @typedef {object} Op
 * @property {string} key  the Idempotency-Key
 * @property {number} order  sorts the queue, after a reload too
 * @property {'create' | 'update' | 'delete' | 'comment' | 'state'} kind
 * @property {CodingId | null} id  the coding it concerns; for `create` its temporary id
 * @property {Fields & {code?: number, start?: number, end?: number}} fields
 * @property {number | null} version  that the change was made on
 * @property {Coding | null} coding  for `create`: what is shown meanwhile
 * @property {CodingId[]} absorbs  for `create`: own codings that the union swallows
 * @property {object | null} body  of comments and states
 * @property {boolean} waiting
 */

/**
 * Equal passages with the same code in the same kind of layer: drawn as one.
 * @typedef {object} Group
 * @property {string} key
 * @property {number} start
 * @property {number} end
 * @property {number} code
 * @property {boolean} consensus
 * @property {CodingId[]} ids
 * @property {boolean} mine
 * @property {boolean} waiting
 * @property {number} lane  the line under the text, from 0; 3 and more share the third
 * @property {number | null} col  the margin column, once it has been drawn
 */

/** @typedef {{min: number, max: number, step?: number | null, labels?: Record<string, string> | null}} Scale */

/**
 * @typedef {object} Code
 * @property {number} id
 * @property {number | null} parent
 * @property {string} name
 * @property {number} color  1 to 12
 * @property {boolean} is_codable
 * @property {boolean} retired
 * @property {string | null} description
 * @property {string | null} use_when
 * @property {string | null} do_not_use_when
 * @property {Scale | null} scale
 * @property {string | null} shortcut
 * @property {number} count
 */

/** @typedef {{id: number, name: string, initials: string, mine: boolean}} Coder */

/**
 * @typedef {object} Comment
 * @property {number | string} id
 * @property {{id: number, name: string}} author
 * @property {string} text
 * @property {number | null} reply_to
 * @property {string} created_at
 * @property {boolean} mine
 * @property {number} [start]
 * @property {number} [end]
 * @property {boolean} [waiting]
 */

/** @typedef {'todo' | 'in_progress' | 'done'} State */

/**
 * What the page brings with it, so that nothing is fetched before the text can be read.
 * @typedef {object} PageData
 * @property {string} api
 * @property {{id: number, name: string}} project
 * @property {number} seq
 * @property {{id: number, title: string, type: string, type_label: string, date: string | null, date_label: string | null,
 *   language: string | null, dir: 'ltr' | 'rtl', length: number, revision: number, blocks: number, pages: number | null,
 *   warnings: {slug: string, message: string}[]}} document
 * @property {{previous: number | null, next: number | null}} documents
 * @property {{id: number, name: string, initials: string, role: string,
 *   can: {code: boolean, create_code: boolean, comment: boolean, see_others: boolean, edit_any: boolean}}} me
 * @property {{state: State | null}} assignment
 * @property {Coder[]} coders
 * @property {{version: number | null, codes: Code[]}} codebook
 * @property {number[]} pins
 * @property {number[]} recents
 * @property {'coder' | 'consensus' | 'all'} layer
 * @property {{blocks: Block[], codings: Coding[], comments: Record<string, number>}} first
 */

/** @typedef {{start: number, end: number, editing: CodingId | null}} Selected */

/**
 * What every part of the workspace may reach: made once in workspace.js.
 * @typedef {object} App
 * @property {PageData} data
 * @property {import('./messages.js').Messages} messages
 * @property {import('./api.js').Api} api
 * @property {import('./store.js').Store} store
 * @property {import('./codebook.js').Codebook} codebook
 * @property {import('./queue.js').Queue} queue
 * @property {import('./window.js').BlockWindow} window
 * @property {import('./margin.js').Margin} margin
 * @property {import('./selection.js').Selection} selection
 * @property {import('./card.js').Card} card
 * @property {import('./notes.js').Notes} notes
 * @property {import('./picker.js').Picker} picker
 * @property {import('./tree.js').Tree} tree
 * @property {import('./toasts.js').Toasts} toasts
 * @property {import('./find.js').Find} find
 * @property {import('./filters.js').Filters} filters
 * @property {import('./minimap.js').Minimap} minimap
 * @property {import('./bar.js').Bar} bar
 * @property {import('./place.js').Place} place
 * @property {import('./actions.js').Actions} actions
 * @property {Map<string, number>} comments  number of comments by subject, e.g. `coding:17`
 * @property {{key: string, id: CodingId} | null} current  the coding that is current
 * @property {() => boolean} narrow  whether cards and tree are sheets
 * @property {(ranges: [number, number][], all?: boolean) => void} redraw  draws what touches the ranges again
 * @property {() => Promise<void>} refreshCodebook
 */

export {};
