# Downloads.
thing-format = format
downloads-error-bom = Say true or false.
downloads-error-unit = The unit is sentence, paragraph or document.

downloads-lead = Take the coded data with you. Nothing is rounded, renamed or left out silently.
downloads-form = What to download
downloads-format = Format
downloads-csv = CSV
downloads-csv-note = one row per coding; opens in any spreadsheet and statistics program
downloads-xlsx = XLSX
downloads-xlsx-note = the same table, with sheets for codebook, documents and coders
downloads-jsonl = JSON Lines
downloads-jsonl-note = the same fields for programs, one object a line
downloads-matrix = Matrix (CSV)
downloads-matrix-note = one row per sentence, paragraph or document and coder; a column of 0 and 1 per code
downloads-codebook = Codebook (CSV)
downloads-codebook-note = codes with their definitions; the import reads it back

downloads-layer = Layer
downloads-layer-coder = All coders, separately
downloads-layer-consensus = Consensus
downloads-layer-all = Both, each row says which
downloads-blind = { $round } is blind: of its documents this holds only your own codings until it is revealed.

downloads-filters = Filters
downloads-filters-note = The codebook is always whole. A code stands for itself and all below it.
downloads-any = any
downloads-filter-code = Code
downloads-filter-case = Case
downloads-filter-type = Type
downloads-filter-language = Language
downloads-filter-coder = Coder
downloads-filter-round = Round
downloads-filter-from = Dated from
downloads-filter-to = Dated to
downloads-filter-document = Documents (ids)
downloads-options = Options
downloads-unit = Rows of the matrix
downloads-unit-sentence = Sentences
downloads-unit-paragraph = Paragraphs
downloads-unit-document = Documents
downloads-unit-hint = Used by the matrix only.
downloads-bom = Mark CSV as UTF-8 for Excel (byte order mark)
downloads-show = Update the preview
downloads-clear = Clear filters

downloads-preview = Preview
downloads-table = First rows
downloads-rows = { $shown ->
    [0] no rows
   *[other] first { $shown } of { $count ->
        [one] 1 row
       *[other] { $count } rows
      }
  }
downloads-empty = Nothing matches. Take a filter away, or choose another layer.
downloads-button-codings = { $count ->
    [one] Download 1 coding as { $format }
   *[other] Download { $count } codings as { $format }
  }
downloads-button-rows = { $count ->
    [one] Download 1 row as CSV
   *[other] Download { $count } rows as CSV
  }
downloads-button-codes = { $count ->
    [one] Download 1 code as CSV
   *[other] Download { $count } codes as CSV
  }
downloads-basis-codings = from { $documents ->
    [one] 1 document
   *[other] { $documents } documents
  } by { $coders ->
    [one] 1 coder
   *[other] { $coders } coders
  }
downloads-basis-matrix = { $documents ->
    [one] 1 document
   *[other] { $documents } documents
  } × { $coders ->
    [one] 1 coder
   *[other] { $coders } coders
  };
downloads-basis-codes = { $count ->
    [one] 1 code
   *[other] { $count } codes
  }
downloads-basis-codebook = last published as version { $version }; this is the codebook as it is now
downloads-basis-unpublished = not published yet

downloads-about = What is in the file
downloads-csv-about = A row is one coding: the document with its type, date, language, cases and attributes, the code with its path (names joined with “ > ”, a name’s own > written \>), the coder, layer and round, where the passage stands, its words with 32 characters before and after, memo, weight, the version of the codebook it was made with, and when. UTF-8, RFC 4180.
downloads-xlsx-about = Sheet “codings” is the table of the CSV. Sheets “codebook”, “documents” and “coders” say what it speaks of; “about” names filters, layer, versions and the time of the newest change. Words are always words, never formulas. Excel takes 32,767 characters a cell; what is longer is cut, and “about” says how often.
downloads-jsonl-about = The columns of the CSV as fields of one object a line, each of its own type: numbers are numbers, cases a list, what is missing null.
downloads-matrix-about = 1: the coder put the code on at least one character of the unit. 0: she read the document and did not. Empty: she has not marked the document done, so nothing can be said. For the consensus layer, a document counts as done when adjudication has decided something in it. Sentences and paragraphs are those that agreement counts.
downloads-codebook-about = A row is one code: path, colour, description, when to use it and when not, whether it can be applied or is a heading, its scale, and examples, one a line. Importing the same file restores it.
downloads-positions = Positions count Unicode code points from 0: start is the first inside the passage, end the first after it, so end − start is its length. In Python, text[start:end] is the passage; programs that count UTF-16 units (JavaScript, Java) must convert.
downloads-same = Two downloads of the same data are the same file, byte for byte. Rows stand by document, start, end, code, coder.
downloads-formulas = Cells hold exactly what the data holds, also where it begins with = or +. If others could have written formulas into your sources or memos, open the XLSX in a spreadsheet instead: there text stays text.
downloads-programs = The same download from a program
downloads-programs-note = With an API token, or on the machine where Concord runs:
