# Documents: upload, list, metadata, assignments.
# dynamic: document-type-* language-* assignment-* attribute-kind-* upload-problem-* upload-title-* upload-limit-* warning-*
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

upload-title-unsupported-format = Format not read
upload-title-encrypted = Encrypted
upload-title-no-text = No text
upload-title-empty = Empty file
upload-title-damaged = Damaged file
upload-title-too-large = Too large
upload-title-bomb = Unpacks to too much
upload-title-unsafe = Unsafe file
upload-title-timeout = Took too long
upload-title-bad-encoding = Unknown encoding
upload-title-no-text-column = No column of text
upload-title-reader-failed = Reader failed
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
