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
