# The codebook: codes, definitions, versions.
thing-codebook-version = version of the codebook

codebook-error-name-empty = A code needs a name.
codebook-error-name-long = The name of a code may have at most { $most } characters.
codebook-error-name-taken = There is a code called { $name } beside it already. Choose another name, or merge the two.
codebook-error-color = This is no colour: send a number from 1 to 12 or hex like #566fec.
codebook-error-text-long = This text may have at most { $most } characters.
codebook-error-examples = A code may have at most { $most } examples, none longer than 20 000 characters.
codebook-error-scale-ends = The lowest weight of a scale must be a number below the highest.
codebook-error-scale-step = The step of a scale must be above 0 and no wider than the scale.
codebook-error-scale-labels = A label of a scale needs a word and a weight that lies on the scale.
codebook-error-parent = There is no such code to put it under.
codebook-error-cycle = A code cannot be moved under itself or one of its own sub-codes.
codebook-error-deep = The tree may have at most { $most } levels.
codebook-error-into = Choose another code of this codebook, one that stays.
codebook-error-into-itself = A code cannot be merged into itself.
codebook-error-into-closed = { $name } takes no codings, because it is only a heading or retired. Choose another code, or change that first.
codebook-error-merge-children = { $into } has a sub-code called { $name } already, so that two of that name would stand side by side. Rename or merge one of them first.
codebook-error-weights = { $codings ->
    [one] One coding has
   *[other] { $codings } codings have
  } a weight that does not lie on the scale of { $name }. Widen that scale first, so that no weight is lost.
codebook-error-in-use = { $name } and its sub-codes are used by { $codings ->
    [one] one coding
   *[other] { $codings } codings
  } of { $coders ->
    [one] one coder
   *[other] { $coders } coders
  }. Say what becomes of them: ?codings=delete, or ?move_to= with the id of another code.
codebook-error-codings-how = Say codings=delete, or move_to= with the id of another code.
codebook-error-changed-since = This cannot be undone any more: the codebook has changed since, and others have built on it. Nothing was changed.
codebook-error-publish-empty = There is nothing to publish yet: the codebook has no codes.
codebook-error-version-used = Version { $number } stays: codings, rounds or later versions name it already.

codebook-error-csv-encoding = The characters of this file cannot be read. Save it as CSV in UTF-8.
codebook-error-csv-empty = There are no codes in this file.
codebook-error-csv-none = Choose a CSV file first.
codebook-error-csv-type = Send the codebook as text/csv, or as a form with a part called file.
codebook-error-csv-columns = No column of this file names the codes. Its first row must have a column called code_path (or path, code, tag or name), and may have color, description, use_when, do_not_use_when, is_codable, scale_min, scale_max and examples.
codebook-error-csv-rows = A codebook file may have at most { $most } codes.
codebook-error-csv-broken = Line { $line }: the CSV breaks off here. Look for a quotation mark that is not closed.
codebook-error-csv-twice = Line { $line }: { $path } stands in line { $first } already.
codebook-error-csv-name = Line { $line }: the name of the code is missing or too long.
codebook-error-csv-deep = Line { $line }: the path has too many levels.
codebook-error-csv-color = Line { $line }: { $value } is no colour. Use hex like #566fec, or a number from 1 to 12.
codebook-error-csv-codable = Line { $line }: is_codable must be true or false, not { $value }.
codebook-error-csv-scale = Line { $line }: { $value } cannot be an end of the scale.
codebook-error-csv-scale-half = Line { $line }: a scale needs both scale_min and scale_max.
codebook-error-scale-number = A scale is made of numbers: lowest, highest and step, like −2, 2 and 1.
codebook-error-edge = It cannot go further that way.

# dynamic: codebook-said-* codebook-change-* codebook-field-* codebook-color-* codebook-codable-* codebook-retired-* codebook-event-*
codebook-said-created = The code is created.
codebook-said-saved = Saved.
codebook-said-moved = Moved.
codebook-said-merged = Merged: codings, sub-codes and examples are here now.
codebook-said-retired = Retired. Its codings stay; it takes no new ones.
codebook-said-unretired = It takes codings again.
codebook-said-deleted = Deleted.
codebook-said-imported = The codebook is imported.
codebook-said-published = The version is published. New codings name it.

codebook-change-added = New
codebook-change-removed = Removed
codebook-change-changed = Changed

codebook-field-name = Name
codebook-field-parent = Under
codebook-field-position = Place
codebook-field-color = Colour
codebook-field-description = Description
codebook-field-use_when = Use when
codebook-field-do_not_use_when = Do not use when
codebook-field-examples = Examples
codebook-field-scale = Scale
codebook-field-is_codable = Takes codings
codebook-field-retired = In use

codebook-color-1 = blue
codebook-color-2 = orange
codebook-color-3 = green
codebook-color-4 = purple
codebook-color-5 = brown
codebook-color-6 = petrol
codebook-color-7 = rose
codebook-color-8 = indigo
codebook-color-9 = olive
codebook-color-10 = orchid
codebook-color-11 = sky
codebook-color-12 = mustard
codebook-codable-true = takes codings
codebook-codable-false = only a heading
codebook-retired-true = retired
codebook-retired-false = in use

codebook-event-create = Created
codebook-event-rename = Renamed
codebook-event-update = Changed
codebook-event-move = Moved
codebook-event-merge = Another code merged into it
codebook-event-retire = Retired
codebook-event-unretire = Brought back
codebook-event-delete = Deleted
codebook-event-undo = A change undone
codebook-event-redo = A change done again
codebook-event-import = Imported

codebook-summary = { $tops ->
    [one] One theme
   *[other] { $tops } themes
  }, { $codes ->
    [one] one code
   *[other] { $codes } codes
  } with sub-codes.
codebook-version = Version { $number }, published { $date }.
codebook-never-published = Not published yet.
codebook-unpublished = { $n ->
    [one] One code has changed since.
   *[other] { $n } codes have changed since.
  }
codebook-print = Print
codebook-export = Export CSV
codebook-import = Import CSV
codebook-versions = Versions
codebook-publish-open = Publish version { $number }…
codebook-new = New code
codebook-new-name = Name
codebook-new-under = Under
codebook-at-the-top = At the top
codebook-create = Create
codebook-empty = No codes yet
codebook-empty-teach = The codebook holds the themes you look for: each with a definition that tells all coders when to use it and when not to. Begin with one, or bring a codebook you have.
codebook-empty-wait = Whoever leads the project creates the codes.
codebook-create-first = Create the first code
codebook-import-one = Import a codebook
codebook-codes = Codes
codebook-code = Code
codebook-filter = Filter codes
codebook-tree = Codes, with the number of codings
codebook-count-title = { $own } codings of coders, { $all } with sub-codes
codebook-retired = retired
codebook-heading-only = heading
codebook-gone = a code that is gone

codebook-keys = Keys
codebook-keys-walk = walk through the codes
codebook-keys-open = open, close
codebook-keys-move = move up, down
codebook-keys-indent = move under the code above, beside its parent
codebook-keys-rename = rename
codebook-keys-new = new code
codebook-keys-edit = edit the definition
codebook-keys-delete = delete…

codebook-edit = Edit
codebook-more = More
codebook-new-child = New sub-code…
codebook-move = Move…
codebook-merge = Merge…
codebook-retire = Retire…
codebook-unretire = Bring back
codebook-delete = Delete…
codebook-save = Save
codebook-cancel = Cancel
codebook-close = Close
codebook-no-description = No definition yet.
codebook-describe = Say what it means and when to use it.
codebook-nothing-yet = Nothing yet.
codebook-changed-since = Changed since version { $number }
codebook-new-since = This code is new since then.
codebook-about = About this code
codebook-in-use = In use
codebook-codings = Codings
codebook-with-sub-codes = with sub-codes { $n }
codebook-documents = Documents
codebook-of = { $n } of { $all }
codebook-coders = Coders
codebook-layer = Layer
codebook-all-coders = all coders
codebook-all-layers = all layers
codebook-read-passages = Read every passage
codebook-weight = Weight
codebook-no-scale = no scale
codebook-no-scale-teach = Codings of this code carry no weight.
codebook-scale-teach = Optional for each coding.
codebook-add-scale = Add a scale
codebook-change-scale = Change the scale
codebook-list-hint = A line for each condition.
codebook-example-n = Example { $n }
codebook-examples-hint = Words of a source that show the code well. Leave a field empty to remove its example.
codebook-scale-hint = With a scale, a coding can say how strongly: from −2 confrontation to 2 cooperation, or from 0 to 100. Leave both ends empty for none.
codebook-scale-min = Lowest
codebook-scale-max = Highest
codebook-scale-step = Step
codebook-scale-labels = Words for some weights
codebook-scale-labels-hint = One a line: the weight, a space, its word. For example −2 confrontation.
codebook-is-heading = Only a heading: it orders the codes under it and takes no codings
codebook-stale = Somebody else changed this code while you were writing. What you wrote is below and not saved yet: compare, then save again to put it in place of theirs.

codebook-ask-move = Move { $name }
codebook-ask-merge = Merge { $name } into another code
codebook-ask-retire = Retire { $name }
codebook-ask-unretire = Bring { $name } back
codebook-ask-delete = Delete { $name }
codebook-affected = Affected
codebook-affects-none = Nobody has coded with it.
codebook-affects = { $codings ->
    [one] One coding is affected
   *[other] { $codings } codings are affected
  },
codebook-affects-of = { $coders ->
    [one] of one person
   *[other] of { $coders } people
  }, in { $documents ->
    [one] one document
   *[other] { $documents } documents
  }:
codebook-affects-coder = { $name }: { $codings }
codebook-affects-codes = { $n ->
    [one] One sub-code goes with it.
   *[other] { $n } sub-codes go with it.
  }
codebook-up = Up
codebook-down = Down
codebook-in = Under the one above
codebook-out = Beside its parent
codebook-place = Place
codebook-place-first = First
codebook-place-before = Before { $name } (under the same code)
codebook-place-last = Last
codebook-do-move = Move
codebook-merge-into = Merge into
codebook-merge-explain = Its codings, sub-codes and examples go to the other code. Where a coder marked overlapping passages with both, they become one passage. The code itself is gone; undo brings everything back.
codebook-do-merge = Merge
codebook-retire-explain = It keeps its codings and stays in every figure, and cannot be used for new ones.
codebook-unretire-explain = It can be used for codings again.
codebook-do-retire = Retire
codebook-what-of-codings = What becomes of the codings?
codebook-codings-move = Give them another code
codebook-codings-to = The code that gets them
codebook-codings-delete = { $codings ->
    [one] Delete this coding as well
   *[other] Delete these { $codings } codings as well
  }
codebook-delete-explain = Undo brings everything back.
codebook-do-delete = Delete

codebook-versions-lead = A published version is what coders were given to work with: every coding and every round names the one it was made with.
codebook-diff-between = From version { $from } to version { $to }
codebook-diff-since = Since version { $from }
codebook-diff-draft = What will be published first
codebook-diff-count = { $n ->
    [one] one code
   *[other] { $n } codes
  }
codebook-diff-none = Nothing differs.
codebook-publish-head = Publish version { $number }
codebook-publish-nothing = Nothing has changed since version { $number }.
codebook-publish = Publish this version
codebook-note = What changed, and why
codebook-note-hint = Coders read it before they go on.
codebook-published = Published
codebook-versions-none = None yet.
codebook-from = From
codebook-to = To
codebook-version-n = Version { $number }
codebook-version-zero = Nothing
codebook-version-now = Now
codebook-compare = Compare
codebook-what-changed = What changed

codebook-import-lead = From CSV: codes that are here already are brought to what the file says, new ones are created, all others stay.
codebook-import-refused = Nothing was imported. Correct this in the file and choose it again:
codebook-import-preview = What would be done
codebook-import-sum = { $created ->
    [0] No code would be created
    [one] One code would be created
   *[other] { $created } codes would be created
  }, { $changed } changed.
codebook-import-sum-rest = { $same } are the same already; { $untouched } of the codebook are not in the file and stay.
codebook-import-renamed = Columns read under another name:
codebook-import-ignored = Columns passed over:
codebook-import-apply = Import
codebook-import-create = create
codebook-import-heading = create as a heading
codebook-import-change = change
codebook-import-same = same
codebook-import-line = Line
codebook-import-what = Would be
codebook-import-fields = Changes
codebook-import-file = CSV file
codebook-import-hint = You see what would be done before anything is.
codebook-import-look = Look at it
codebook-import-columns = Columns, of which only the first must be there:

codebook-print-head = Codebook of { $project }
codebook-print-sum = { $codes ->
    [one] One code.
   *[other] { $codes } codes.
  }
codebook-print-version = Last published as version { $number }.

codebook-in-codebook = In the codebook
codebook-passages = Passages
codebook-passages-range = { $first } to { $last }
codebook-passages-total = of { $total } codings
codebook-this-code = This code
codebook-and-below = With sub-codes
codebook-passages-none = No passage is coded with it that you may see.
codebook-pages = Pages
codebook-previous = Previous
codebook-next = Next
codebook-consensus = the team (consensus)
codebook-coded-by = coded by
codebook-weight-is = (weight { $weight })
codebook-definition = Definition
codebook-trend = Trend over time
codebook-companions = Often together with
codebook-agreement = Agreement on this code
codebook-history = History
codebook-history-none = Nothing is recorded.

codebook-js-undo = Undo
codebook-js-undone = Undone.
codebook-js-renamed = Renamed.
codebook-js-failed = The server did not answer. Nothing was changed; try again.
codebook-js-rename = New name of the code
codebook-js-none = No code fits.
codebook-js-found = codes fit
codebook-js-edge = It cannot go further that way.
