# Documents: upload, list, metadata, assignments.
# dynamic: document-type-* language-* assignment-* attribute-kind-* upload-problem-* upload-name-* upload-limit-* warning-*
document-type-official_document = Official document
document-type-statement = Statement
document-type-research_report = Research report
document-type-journal_article = Journal article
document-type-news = News
document-type-interview = Interview
document-type-field_notes = Field notes
document-type-other = Other

language-ar = Arabic
language-az = Azerbaijani
language-de = German
language-el = Greek
language-en = English
language-es = Spanish
language-fa = Persian
language-fr = French
language-he = Hebrew
language-hy = Armenian
language-it = Italian
language-ka = Georgian
language-ku = Kurdish
language-pl = Polish
language-ps = Pashto
language-pt = Portuguese
language-ru = Russian
language-tg = Tajik
language-tr = Turkish
language-uk = Ukrainian
language-ur = Urdu
language-zh = Chinese

thing-case = case
thing-attribute = attribute
thing-assignment = assignment
thing-original = original file

error-title-empty = A document needs a title.
error-text-empty = There is no text: nothing to read or code.
error-text-long = The text is longer than { $most } characters, the limit of this server. Divide it into several documents.
error-field-long = At most { $most } characters.
error-document-type = This project has no document type “{ $type }”.
error-date = Write a date as 2015-09-30, 2015-09 or 2015.
error-language = Write a language as its code, like en, ru, fa, ar or he.
error-attribute-scalar = An attribute is a word, a number, true or false.
error-attribute-number = This attribute holds numbers.
error-attribute-boolean = This attribute holds yes or no.
error-attribute-kind = The value “{ $value }” does not fit this kind.
error-property-taken = This name is taken.
error-range = The range does not lie within the text, which has { $length } characters.
error-user-id = Give a user's id, or me.
error-no-coder = Only members who code (owners, leads and coders) can be given documents.
error-no-file = No file was sent.
error-document-coded = Passages of this document were coded since ({ $codings }). It was left where it is; remove it on its own page if that is meant.
error-changed-since = This was changed since, so it was left as it is.

upload-added = Added: { $what }
upload-blocks = { $blocks ->
    [one] one paragraph
   *[other] { $blocks } paragraphs
  }
upload-pages = { $pages ->
    [one] one page
   *[other] { $pages } pages
  }
upload-duplicate = Already here: the project has this very file. Nothing was added.
upload-left-out = Left out: { $why }

upload-name-unsupported-format = Format not read
upload-name-encrypted = Encrypted
upload-name-no-text = No text
upload-name-empty = Empty file
upload-name-damaged = Damaged file
upload-name-too-large = Too large
upload-name-bomb = Unpacks to too much
upload-name-unsafe = Unsafe file
upload-name-timeout = Took too long
upload-name-bad-encoding = Unknown encoding
upload-name-no-text-column = No column of text
upload-name-reader-failed = Reader failed
upload-problem-unsupported-format = this kind of file is not read. Save it as PDF, DOCX, ODT or plain text and upload that.
upload-problem-encrypted = it is protected with a password. Remove the protection and upload it again.
upload-problem-no-text = it holds no text that can be read; its pages may be pictures. Upload a version with a text layer.
upload-problem-empty = there is nothing in it.
upload-problem-damaged = it is damaged, or is not what its name says.
upload-problem-too-large = it is larger than this server takes.
upload-problem-bomb = it unpacks to far more than it should, as an attack would. It was not opened further.
upload-problem-unsafe = it declares things that only an attack needs. It was not opened further.
upload-problem-timeout = reading it took longer than this server allows. Divide it into smaller files.
upload-problem-bad-encoding = its letters are in no encoding that could be recognised. Save it as UTF-8 and upload it again.
upload-problem-no-text-column = no column of the table could be taken as the text. Choose the columns yourself when you upload it.
upload-problem-reader-failed = the program that reads it could not be started. Tell whoever runs this server.
upload-limit-file-bytes = it is larger than { $most } MB, the limit for a file.
upload-limit-code-points = its text is longer than { $most } characters, the limit for a document.
upload-limit-decompressed-bytes = it unpacks to more than { $most } MB, the limit.
upload-limit-entries = it holds more than { $most } files, the limit for an archive.
upload-limit-rows = it would become more than { $most } documents, the limit for a file.
upload-limit-pages = it has more than { $most } pages, the limit.
upload-limit-nesting = its parts are nested deeper than { $most } levels, the limit.
upload-limit-memory = reading it needs more than { $most } MB of memory, the limit.

error-none-selected = No document is selected.
error-no-table = This is not a table. Upload a CSV, TSV or XLSX file.
error-table = The table cannot be taken: { $why }
error-table-row = Row { $row }: { $why }

assignment-todo = To do
assignment-in_progress = In progress
assignment-done = Done
attribute-kind-text = words
attribute-kind-number = a number
attribute-kind-date = a date
attribute-kind-boolean = yes or no

warning-check-text-order = The order or the letters of this text may be wrong: files of this kind hold shapes, not words. Compare it with the original before you code it.
warning-encoding-guessed = The encoding was guessed from the letters. If the text looks wrong, save the file as UTF-8 and upload it again.
warning-undecodable-bytes = Some bytes could not be read and stand as � in the text.
warning-unknown-glyphs = Some letters of the file are unknown and stand as � in the text.
warning-pages-without-text = Some pages hold pictures only; what is on them is not in the text.
warning-pages-unreadable = Some pages could not be read and are not in the text.
warning-tracked-changes = The file held tracked changes: deleted words were left out, inserted ones kept.

documents-field-title = Title
documents-field-type = Type
documents-field-date = Date
documents-field-language = Language
documents-field-author = Author
documents-field-publisher = Publisher
documents-field-url = Address
documents-field-citation = Citation
documents-case = Case
documents-cases = Cases
documents-codings = Codings
documents-text = Text
documents-details = Details
documents-details-of = Details of { $title }
documents-done = Done
documents-done-of = { $done } of { $given }
documents-not-assigned = not assigned
documents-look-twice = look twice
documents-count = { $n ->
    [one] one document
   *[other] { $n } documents
  }
documents-characters = { $n ->
    [one] one character
   *[other] { $n } characters
  }
documents-words = { $n ->
    [one] one word
   *[other] { $n } words
  }
documents-languages = { $n ->
    [0] no language known
    [one] one language
   *[other] { $n } languages
  }
documents-codings-count = { $n ->
    [0] no codings yet
    [one] one coding
   *[other] { $n } codings
  }
documents-paste = Paste text
documents-paste-lead = For a source that you can copy but not download. Its language is detected; what else is known of it you can add next.
documents-paste-add = Add document
documents-table = Table of documents
documents-metadata = Metadata from CSV
documents-upload = Upload
documents-drop = Drop files anywhere on this page, or choose them.
documents-formats = PDF, DOCX, ODT, RTF, EPUB, HTML, Markdown, plain text, subtitles, tables with a document per row (CSV, XLSX), or a ZIP of these. At most { $limit } MB a file.
documents-choose-files = Choose files
documents-cancel = Cancel
documents-undo = Undo
documents-open = Open
documents-empty-title = Documents are what your team reads and codes
documents-empty = Upload sources in any language. Each keeps its original file; its text is extracted once and never changes, so that every passage stays where it was coded.
documents-empty-hint = Many at once is fine: each file tells what became of it, and one that cannot be read leaves the others alone.
documents-empty-wait = The leads of this project upload them. They appear here.
documents-filter-label = Filter documents
documents-filter-words = Filter by title, author, case …
documents-filter-from = From
documents-filter-to = To
documents-filter-coder = Assigned to
documents-filter-state = State
documents-filter-me = me
documents-filter = Filter
documents-filter-clear = Show all
documents-any = any
documents-shown = { $shown } of { $total } documents
documents-none = No document fits these filters.
documents-pages = Pages
documents-previous = Previous page
documents-next = Next page
documents-notice-changed = { $n ->
    [one] One document was changed.
   *[other] { $n } documents were changed.
  }
documents-notice-assigned = { $n ->
    [one] One document was assigned.
   *[other] { $n } documents were assigned.
  }
documents-notice-removed = { $n ->
    [one] One document was removed, with what was coded in it.
   *[other] { $n } documents were removed, with what was coded in them.
  }
documents-notice-restored = { $n ->
    [one] One document is back.
   *[other] { $n } documents are back.
  }
documents-notice-metadata = { $n ->
    [one] The metadata of one document was changed.
   *[other] The metadata of { $n } documents was changed.
  }
documents-saved = Saved.
documents-new = Added. Say what else is known of it, or open it and code.
documents-not-saved = Not saved yet: something needs correcting below.
documents-stale = What you typed is still here; saving now puts it over the other change.
documents-about = About this document
documents-date-hint = As precise as it is known: 2015-09-30, 2015-09 or 2015.
documents-language-hint = Detected when it was added; correct it where that was wrong.
documents-unknown = unknown
documents-url-visit = Visit the address
documents-cases-hint = What it is about, for comparison. Divide several by semicolons.
documents-cases-known = In this project: { $names }
documents-attributes = Attributes
documents-attributes-hint = Any other fact worth comparing. Leave a field empty to take the value away.
documents-attribute-new = New attribute
documents-attribute-kind = Kind
documents-attribute-value = Value
documents-no-value = no value
documents-yes = yes
documents-no = no
documents-save = Save
documents-origin = Where it came from
documents-original = Original
documents-typed = typed or sent as text; there is no file
documents-encoding = Encoding
documents-encoding-note = As detected. If letters look wrong, save the file as UTF-8 and upload it again.
documents-added = Added
documents-download-original = Download the original
documents-assignments = Assignments
documents-assignments-note = Each coder marks her own work as done, in the workspace.
documents-assign = Save assignments

bulk-label = For the selected documents
bulk-selected = selected
bulk-all = Select all on this page
bulk-select = Select { $title }
bulk-everyone = Assign to everyone
bulk-spread = Spread evenly
bulk-each = coders each
bulk-case = Add case
bulk-case-off = Take case off
bulk-type = Set type
bulk-language = Set language
bulk-remove = Remove

remove-title = Remove
remove-question = { $n ->
    [one] Remove this document?
   *[other] Remove { $n } documents?
  }
remove-codings = { $n ->
    [one] One coding goes with it:
   *[other] { $n } codings go with it:
  }
remove-by = { $n ->
    [one] one coding
   *[other] { $n } codings
  }
remove-which = { $n ->
    [one] Which one
   *[other] Which { $n }
  }
remove-undo-note = Nothing is destroyed: a removed document comes back with its codings by undo.
remove-do = Remove
remove-keep = Keep

upload-title = Upload
upload-file = File
upload-outcome = Outcome
upload-action = Action
upload-stop = Stop
upload-retry = Try again
upload-hide = Hide
upload-waiting = waiting
upload-sending = sending
upload-reading = reading
upload-stopped = Stopped; nothing was added.
upload-failed = The server could not be reached. Nothing was added.
upload-count-added = added
upload-count-running = running
upload-count-left-out = left out
upload-sum-added = { $n ->
    [0] Nothing was added.
    [one] One document was added.
   *[other] { $n } documents were added.
  }
upload-sum-left-out = { $n ->
    [0] Nothing was left out.
    [one] One was left out, for the reason beside it.
   *[other] { $n } were left out, for the reasons beside them.
  }
upload-to-documents = To the documents

table-lead = Each row becomes a document: one or more columns are its text, others say what it is, and the rest are kept as attributes.
table-file = Table
table-hint = CSV, TSV or XLSX (its first sheet with content), with a header row.
table-next = Choose columns
table-columns = Choose columns
table-rows = { $n ->
    [one] one row
   *[other] { $n } rows
  }
table-text = Text
table-text-hint = Several are joined by a blank line, in the order of the table.
table-no-column = none
table-rest = Every other column becomes an attribute of its name.
table-import = { $n ->
    [one] Add one document
   *[other] Add { $n } documents
  }
table-preview = The first rows

metadata-lead = Correct many documents at once from a table that you keep elsewhere.
metadata-hint = A row for each document, found by the column id, file (name of the original) or title. Columns type, date, language, author, publisher, url, citation and cases (divided by semicolons) are known; every other column is an attribute. Empty cells change nothing.
metadata-show = Show what would change
metadata-preview = What would change
metadata-changes = { $n ->
    [one] one document would change
   *[other] { $n } documents would change
  }
metadata-unchanged = { $n ->
    [one] one stays as it is
   *[other] { $n } stay as they are
  }
metadata-problems = { $n ->
    [0] no problems
    [one] one problem
   *[other] { $n } problems
  }
metadata-attributes = Kept as attributes: { $names }
metadata-row = Row
metadata-change = Change
metadata-blocked = Nothing can be changed while rows have problems. Correct the table and choose it again.
metadata-nothing = The table says what the documents say already.
metadata-apply = { $n ->
    [one] Change one document
   *[other] Change { $n } documents
  }
metadata-no-match = No document fits this row.
metadata-several = { $documents } documents fit this row; give their id.
metadata-twice = Row { $row } means the same document.
metadata-kind = { $name } holds { $kind }, which “{ $value }” is not.
metadata-moved = The documents changed since this was shown. Look again at what would change now.
